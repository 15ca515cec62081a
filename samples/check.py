"""Parses the YAML samples, compares them with what reads them, and writes the commands in them as scripts.

usage: check.py DIRECTORY     writes github.plan, github.apply, gitlab.plan, gitlab.apply, compose.plan, compose.apply
"""
import pathlib
import re
import shlex
import sys

import kubernetes_validate
import yaml

directory = pathlib.Path(sys.argv[1])
samples = pathlib.Path(__file__).parent


class Strict(yaml.SafeLoader):
    """YAML 1.2's idea of a Boolean, so that GitHub's `on:` is a text, and no key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{node.start_mark}: twice: {twice}"
        return super().construct_mapping(node, deep)


Strict.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def documents(path):
    return list(yaml.load_all((samples / path).read_text(), Strict))


def script(name, lines):
    text = "\n".join(lines) + "\n"
    assert "mava-bulk" in text, f"{name} runs nothing"
    assert "${{" not in text, f"{name}: an expression in a script lets an input run as a command"
    (directory / name).write_text(text)


# Kubernetes: the oldest version that the samples support and the newest that is known.
scripts = {"cronjob.yaml": "nightly", "indexed-job.yaml": "indexed", "sharded-job.yaml": "shard", "merge-job.yaml": "merge"}
shards = set()
# What pods use and what the files and the page's commands make, as pairs of a kind and a name.
used, made = set(), set()
# The files in a secret or a configuration map, by its kind and name.
contents = {}
kinds = {"persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"), "secret": ("Secret", "secretName"),
         "configMap": ("ConfigMap", "name")}
page = re.sub(r"\\\n", " ", (samples / "kubernetes/README.md").read_text())
for kind, name, rest in re.findall(r"^    kubectl create (secret generic|configmap) (\S+)(.*)$", page, re.M):
    key = ("Secret" if kind.startswith("secret") else "ConfigMap", name)
    made.add(key)
    contents[key] = {part.partition("=")[2].partition("=")[0] for part in rest.split() if part.startswith("--from-file=")}
files = sorted(path.name for path in (samples / "kubernetes").glob("*.yaml"))
applied = set(re.findall(r"^    kubectl apply -f (\S+)$", page, re.M))
assert applied == set(files), f"the page applies {applied}, and there are {files}"
assert set(scripts) < applied
for name in files:
    job = scripts.get(name)
    for document in documents(f"kubernetes/{name}"):
        for version in ("1.31", "1.37"):
            kubernetes_validate.validate(document, version, strict=True)
        print(f"{name}: {document['kind']} fits the schemas of Kubernetes 1.31 and 1.37")
        spec = document["spec"]
        made.add((document["kind"], document["metadata"]["name"]))
        if document["kind"] == "CronJob":
            assert len(spec["schedule"].split()) == 5, spec["schedule"]
            spec = spec["jobTemplate"]["spec"]
        if "template" not in spec:
            assert job is None, f"{name}: what is deleted with a job is made in another file"
            continue
        pod = spec["template"]["spec"]
        assert pod["terminationGracePeriodSeconds"] >= 20 + 5, "docs/signals.md: the program needs up to 20 s"
        names = {volume["name"] for volume in pod["volumes"]}
        used |= {(kind, volume[key][field]) for volume in pod["volumes"]
                 for key, (kind, field) in kinds.items() if key in volume}
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {mount["name"] for mount in container["volumeMounts"]} == names
            assert container["command"] == [f"/usr/local/lib/mava-bulk/{job}"]
            assert (samples / "jobs" / job).exists() and job in (samples.parent / ".ci/Dockerfile").read_text()
            shards |= {entry["value"] for entry in container.get("env", []) if entry["name"] == "SHARDS"}
            assert not any("KEY" in entry["name"] and "FILE" not in entry["name"] for entry in container.get("env", []))
        for rule in spec["podFailurePolicy"]["rules"]:
            if "onExitCodes" in rule:
                assert rule["onExitCodes"]["containerName"] in {container["name"] for container in pod["containers"]}

assert used <= made, f"no file and no command makes {used - made}"
unused = {pair for pair in made - used if pair[0] not in ("CronJob", "Job")}
assert not unused, f"no pod uses {unused}"
assert all(f"job/{name}" in page for kind, name in made if kind == "Job"), "a job that the page does not follow"
assert contents["Secret", "mava-bulk"] == {"mava-api-key"}
(organisations,) = documents("kubernetes/indexed-job.yaml")
indexes = [str(index) for index in range(organisations["spec"]["completions"])]
assert contents["Secret", "mava-bulk-organisations"] == set(indexes)
assert contents["ConfigMap", "mava-bulk-changes"] == {f"{index}.csv" for index in indexes}
(sharded,) = documents("kubernetes/sharded-job.yaml")
assert shards == {str(sharded["spec"]["completions"])}, shards

# GitHub Actions: what runs mava-bulk, without what needs GitHub.
for name in ("plan", "apply"):
    (workflow,) = documents(f"github-actions/{name}.yml")
    assert set(workflow) == {"name", "on", "permissions", "concurrency", "jobs"}, set(workflow)
    steps = workflow["jobs"][name]["steps"]
    for step in steps:
        assert ("uses" in step) != ("run" in step), step
        assert "@v" in step.get("uses", "@v"), step
    script(f"github.{name}", [step["run"] for step in steps if step.get("name") == name])
(workflow,) = documents("github-actions/apply.yml")
assert workflow["jobs"]["apply"]["environment"], "an apply without an approval"
assert list(workflow["on"]) == ["workflow_dispatch"]
assert '--expect-plan "$PLAN"' in (directory / "github.apply").read_text()
(workflow,) = documents("github-actions/plan.yml")
assert list(workflow["on"]) == ["pull_request"], "pull_request_target would give secrets to strangers"

# GitLab CI.
(pipeline,) = documents("gitlab-ci/.gitlab-ci.yml")
for name in ("plan", "apply"):
    assert pipeline[name]["stage"] in pipeline["stages"]
    script(f"gitlab.{name}", pipeline["default"]["before_script"] + pipeline[name]["script"])
assert all(rule["when"] == "manual" for rule in pipeline["apply"]["rules"])

# Compose: the sandbox's command is tried, then the job's runs against the sandbox of the check.
(compose,) = documents("compose/compose.yaml")
services = compose["services"]
for service in services.values():
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        assert source in compose["volumes"] or (samples / "compose" / source).exists(), volume
    if "build" in service:
        root = samples / "compose" / service["build"]["context"]
        assert (root / service["build"]["dockerfile"]).exists()
port = services["sandbox"]["command"][services["sandbox"]["command"].index("--port") + 1]
environment = services["rehearsal"]["environment"]
assert environment["MAVA_BASE_URL"] == f"http://sandbox:{port}"
assert "--listen" in services["sandbox"]["command"]
assert environment["MAVA_API_KEY"] in (samples / "workspace.json").read_text()
sandbox = [str(samples / "workspace.json") if part.endswith("workspace.json") else part
           for part in services["sandbox"]["command"]]
sandbox[sandbox.index(port)] = "0"
assert services["rehearsal"]["depends_on"] == {"sandbox": {"condition": "service_healthy"}}
kind, *health = services["sandbox"]["healthcheck"]["test"]
assert kind == "CMD" and health[-1].endswith(f"/{port}"), health
health = shlex.join(health[:-1]) + f' "{health[-1].removesuffix(port)}$port"'
script("compose.plan", [
    f"mava-bulk {shlex.join(sandbox)} > address & job=$!",
    "until [[ -s address ]]; do kill -0 $job; sleep 0.05; done",
    "port=$(sed 's/.*://' address)",
    health,
    f"port=1; if {health} 2>/dev/null; then exit 1; fi",
    "kill $job; wait $job || test $? -eq 143",
])
job = [part.replace("/rehearsal/", "").replace("/state/", "") for part in services["rehearsal"]["command"]]
# The check's sandbox has no name: 0.0.0.0 is this machine, and not loopback.
job[job.index("--allow-http") + 1] = "0.0.0.0"
script("compose.apply", [f"mava-bulk {shlex.join(job)}"])

# The Dockerfile: what is copied exists, and the image does not run as root.
text = re.sub(r"\\\n", " ", (samples / "../.ci/Dockerfile").read_text())
lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
known = {"FROM", "ARG", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
assert {line[0] for line in lines} <= known, {line[0] for line in lines} - known
stages = [line[1].split() for line in lines if line[0] == "FROM"]
assert [stage[1:] for stage in stages] == [["AS", "build"], []], stages
for keyword, rest in lines:
    if keyword == "COPY" and "--from=build" in rest:
        for source in [part for part in rest.split() if part.startswith("/source/")]:
            assert (samples / ".." / source.removeprefix("/source/")).exists(), source
assert [rest for keyword, rest in lines if keyword == "USER"] == ["10001:10001"]
print("Dockerfile: two stages, a user of its own")
