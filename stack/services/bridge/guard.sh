# Runs a program for the bridge, in the process group that this shell leads.
#     sh guard.sh <process id of the bridge> <variables to unset> <program> <argument>...
bridge=$1
# shellcheck disable=SC2086 # several names in one word
unset $2
shift 2
# If the bridge or this shell ends in any way, the process group is killed within two seconds.
(
    trap '' HUP INT TERM
    while kill -0 "$bridge" && kill -0 $$; do sleep 2; done
    kill -KILL 0
) </dev/null >/dev/null 2>&1 &
"$@"
echo "exited with $?" >&2
# npx and uvx may have left processes behind.
kill -KILL 0
