"""FlashFusion's nightly load: usage figures go from the object store into the database.

The Data Pipeline agent plans loads and repairs them; what runs every night needs no model.
"""

from typing import Any

from cdk8s import ApiObject, ApiObjectMetadata, Chart, JsonPatch
from cdk8s_plus_34 import k8s

IMAGE = (
    "docker.io/library/postgres:17.6-alpine"
    "@sha256:ef257d85f76e48da1c64832459b59fcaba1a4dac97bf5d7450c77753542eee94"
)
OUTSIDE = k8s.IpBlock(
    cidr="0.0.0.0/0",
    except_=["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
)
"""The database is outside the cluster; the job reaches no pod."""
MERGE = """\
\\set ON_ERROR_STOP on
BEGIN;
INSERT INTO usage_daily (day, customer, calls, tokens)
SELECT day, customer, sum(calls), sum(tokens)
FROM usage_raw
WHERE day = current_date - 1
GROUP BY day, customer
ON CONFLICT (day, customer) DO UPDATE
SET calls = excluded.calls, tokens = excluded.tokens;
COMMIT;
"""


def build(chart: Chart, facts: dict[str, Any]) -> None:
    """A nightly job with its account, settings, secret and network policy."""
    own = {"name": facts["name"], "namespace": facts["namespaces"]["servers"]}
    metadata = k8s.ObjectMeta(**own)
    k8s.KubeServiceAccount(
        chart, "account", metadata=metadata, automount_service_account_token=False
    )
    k8s.KubeConfigMap(chart, "script", metadata=metadata, data={"merge.sql": MERGE})
    secret = ApiObject(
        chart,
        "secret",
        api_version="external-secrets.io/v1",
        kind="ExternalSecret",
        metadata=ApiObjectMetadata(**own),
    )
    remote = {"key": facts["secretPrefix"] + "database", "property": "url"}
    spec = {
        "refreshPolicy": "Periodic",
        "refreshInterval": "3600s",
        "secretStoreRef": facts["secretStore"],
        "target": {
            "name": facts["name"],
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
        },
        "data": [{"secretKey": "url", "remoteRef": remote}],
    }
    secret.add_json_patch(JsonPatch.add("/spec", spec))
    k8s.KubeCronJob(
        chart,
        "job",
        metadata=metadata,
        spec=k8s.CronJobSpec(
            schedule="30 2 * * *",
            time_zone="Etc/UTC",
            concurrency_policy="Forbid",
            starting_deadline_seconds=3600,
            successful_jobs_history_limit=3,
            failed_jobs_history_limit=3,
            # In other environments people start the load by hand when they need it.
            suspend=facts["environment"] != "prod",
            job_template=k8s.JobTemplateSpec(
                spec=k8s.JobSpec(
                    backoff_limit=2, active_deadline_seconds=3600, template=_pod(facts)
                )
            ),
        ),
    )
    k8s.KubeNetworkPolicy(
        chart,
        "network",
        metadata=metadata,
        spec=k8s.NetworkPolicySpec(
            pod_selector=k8s.LabelSelector(match_labels=facts["selector"]),
            policy_types=["Ingress", "Egress"],
            egress=[
                k8s.NetworkPolicyEgressRule(
                    to=[k8s.NetworkPolicyPeer(ip_block=OUTSIDE)],
                    ports=[
                        k8s.NetworkPolicyPort(
                            protocol="TCP", port=k8s.IntOrString.from_number(5432)
                        )
                    ],
                )
            ],
        ),
    )


def _pod(facts: dict[str, Any]) -> k8s.PodTemplateSpec:
    """One container, with no rights but to run its script."""
    amount = k8s.Quantity.from_string
    address = k8s.SecretKeySelector(name=facts["name"], key="url")
    container = k8s.Container(
        name="merge",
        image=IMAGE,
        command=["psql", "--no-psqlrc", "--file=/etc/etl/merge.sql", "$(DATABASE_URL)"],
        env=[k8s.EnvVar(name="DATABASE_URL", value_from=k8s.EnvVarSource(secret_key_ref=address))],
        resources=k8s.ResourceRequirements(
            requests={"cpu": amount("100m"), "memory": amount("128M")},
            limits={"cpu": amount("500m"), "memory": amount("256M")},
        ),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        volume_mounts=[k8s.VolumeMount(name="script", mount_path="/etc/etl", read_only=True)],
    )
    script = k8s.ConfigMapVolumeSource(name=facts["name"])
    return k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(labels=facts["labels"]),
        spec=k8s.PodSpec(
            service_account_name=facts["name"],
            automount_service_account_token=False,
            restart_policy="Never",
            security_context=k8s.PodSecurityContext(
                run_as_non_root=True,
                run_as_user=70,
                run_as_group=70,
                fs_group=70,
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
            containers=[container],
            volumes=[k8s.Volume(name="script", config_map=script)],
        ),
    )
