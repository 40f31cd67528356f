"""Expressions about one object: which hold, which do not, which do not even compile.

A kube-apiserver 1.36.1 said the same, of a custom resource with these fields, but for `NOT_HERE`.
"""

from __future__ import annotations

from typing import Any

OBJECT: dict[str, Any] = {
    "name": "web",
    "replicas": 3,
    "labels": {"tier": "front"},
    "image": "ghcr.io/a/web:1",
    "containers": [{"name": "main", "ports": [{"port": 80}]}, {"name": "side"}],
    "ratio": 1.5,
    "nothing": None,
    "yes": "true",
    "pattern": "[",
}
TRUE = """
object.?security.?runAsNonRoot.orValue(true)
object.?replicas.orValue(1) == 3
object.labels[?'tier'].orValue('') == 'front'
object.labels[?'none'].hasValue() == false
object.?labels.?tier.optMap(t, t + '!').orValue('') == 'front!'
[?object.?none] == [] && [?object.?name] == ['web']
{?'a': object.?none} == {}
has(object.labels) && !has(object.none)
object.containers.all(c, c.name != '')
object.containers.exists(c, c.name == 'side')
object.containers.exists_one(c, has(c.ports))
object.containers.map(c, c.name) == ['main', 'side']
object.containers.map(c, has(c.ports), c.name) == ['main']
object.containers.filter(c, has(c.ports)).size() == 1
object.labels.all(key, value, key == 'tier' && value == 'front')
object.containers.exists(i, c, i == 1 && c.name == 'side')
object.containers.transformList(i, c, string(i) + c.name) == ['0main', '1side']
!(false && object.none)
object.containers.exists(c, c.ports[0].port == 80)
object.nothing == null
object.ratio > 1 && object.replicas > 2.5
type(object.replicas) == int
'%s has %d'.format([object.name, object.replicas]) == 'web has 3'
'a,b'.split(',').join('-').upperAscii() == 'A-B'
' Abc '.trim().lowerAscii().replace('b', 'x').charAt(1) == 'x'
'abcab'.indexOf('b') == 1 && 'abcab'.lastIndexOf('b') == 4 && 'abc'.substring(1) == 'bc'
object.image.matches('^ghcr\\\\.io/')
'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''
'1 a 2'.findAll('[0-9]') == ['1', '2'] && '1 a 2'.findAll('[0-9]', 1) == ['1']
[1, 2].isSorted() && ![2, 1].isSorted() && [].isSorted()
[1, 2].sum() == 3 && [1, 2].min() == 1 && [1, 2].max() == 2
['a', 'b', 'a'].indexOf('a') == 0 && ['a', 'b', 'a'].lastIndexOf('a') == 2
['a'].indexOf('b') == -1 && [].lastIndexOf('b') == -1
sets.contains([1, 2], [1]) && sets.equivalent([1, 2], [2, 1]) && !sets.intersects([1], [2])
[1, 2, 3].slice(0, 2) == [1, 2] && [[1], [2]].flatten() == [1, 2] && [1, 1].distinct() == [1]
quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1').compareTo(quantity('2')) == -1
quantity('500m').add(quantity('0.5')) == quantity('1') && quantity('1k').asInteger() == 1000
quantity('2').sub(1).isInteger() && sign(quantity('-1')) == -1 && !quantity('1m').isInteger()
quantity('1500m').asApproximateFloat() == 1.5 && quantity('1e3') == quantity('1k')
isQuantity('1.5Gi') && !isQuantity('1GB') && !isQuantity('1 Gi')
semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))
semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3
isSemver('1.2.3-rc.1+build') && !isSemver('1.2') && !isSemver('v1.2.3')
semver('1.0.0-2').compareTo(semver('1.0.0-10')) == -1
url('https://a.example:8080/x?q=1').getHostname() == 'a.example'
url('https://a.example:8080/x?q=1').getHost() == 'a.example:8080'
url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getPort() == '80'
url('https://a.example/x y?q').getScheme() == 'https' || !isURL('https://a.example/x y')
url('https://a.example/p?q=1&q=2').getQuery() == {'q': ['1', '2']}
url('/path').getEscapedPath() == '/path' && url('/path').getPort() == ''
isURL('https://a.example') && !isURL('a.example')
ip('::1').isLoopback() && ip('10.0.0.1').family() == 4 && ip('0.0.0.0').isUnspecified()
ip('169.254.1.1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast()
ip('ff02::1').isLinkLocalMulticast() && ip('8.8.8.8').isGlobalUnicast()
isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4') && ip.isCanonical('::1')
!ip.isCanonical('0:0::1')
cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsIP(ip('10.0.0.1'))
cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsCIDR('::/0')
cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')
cidr('10.0.0.0/8').prefixLength() == 8 && isCIDR('::/0') && !isCIDR('10.0.0.1')
semver('v1.2', true) == semver('1.2.0') && isSemver('v01', true) && !isSemver('x', true)
string(ip('1.2.3.4')) == '1.2.3.4' && string(cidr('10.0.0.0/8')) == '10.0.0.0/8'
lists.range(2) == [0, 1] && [2, 1].sort() == [1, 2] && [1, 2].reverse() == [2, 1]
[object].sortBy(o, o.name)[0].replicas == 3 && [1, 2].first().value() == 1
timestamp('2026-01-01T00:00:00Z').getFullYear() == 2026 && duration('1h').getMinutes() == 60
"""

UNTRUE = {
    "object.none": "none",
    "object.name.first": "SELECT",
    "object.replicas / 0 == 1": "divide by zero",
    "object.name": "no BOOL: 'web'",
    "object.yes": "no BOOL: 'true'",
    "object.replicas": "no BOOL: 3",
    "object.containers": "no BOOL",
    "object.nothing": "no BOOL: None",
    "object.?yes": "optional",
    "[object.yes]": "no BOOL",
    "object.containers.all(c, c.ports.size() > 0)": "ports",
    "object.none || false": "none",
    "object.none ? true : true": "none",
    "'a'.matches(object.pattern)": "regular expression",
    "object.name < 1": "overload",
    "sign(quantity(object.name)) == 1": "no quantity",
    "url(object.name).getHost() == ''": "no URL",
    "int(object.name) == 1": "",
    "object.replicas == 4": "",
    "false": "",
}

FAULTY = {
    "": "",
    "object.": "",
    "objekt.name == ''": "undeclared reference to 'objekt.name'",
    "sizeof(object)": "undeclared reference to 'sizeof'",
    "'a' + 1 == 'a1'": "no matching overload for '_+_'",
    "1 == 'a'": "no matching overload for '_==_'",
    "format.dns1123Label().validate('a').hasValue()": "undeclared reference to 'format'",
    "authorizer.group('').resource('pods').check('get').allowed()": "'authorizer'",
    "object.labels.transformMap(k, v, v) == {}": "mapInsert",
    "math.greatest(1, 2) == 2": "undeclared reference to 'math",
    "cel.bind(x, 1, x == 1)": "undeclared reference to 'x'",
    "base64.encode(b'hi') == ''": "undeclared reference to 'base64",
    "quantity('1').sign() == 1": "undeclared reference to 'sign'",
    "isIP(1)": "no matching overload for 'isIP'",
}

NOT_HERE = {
    "format.dns1123Label().validate('a').hasValue()",
    "authorizer.group('').resource('pods').check('get').allowed()",
    "object.labels.transformMap(k, v, v) == {}",
}
"""What a server compiles and this engine does not; it says so."""
