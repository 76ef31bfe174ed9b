"""CloudFormation templates of `deploy/`, created against moto.

Moto's CloudFormation doesn't know every type. For those that it lacks or gets wrong,
the properties, as the template resolves them, go to the service's own API, which checks their
names and types.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest

if TYPE_CHECKING:
    from moto.core.common_models import CloudFormationModel

TEMPLATES = Path(__file__).parents[2] / "deploy"

Properties = dict[str, Any]


class Created(NamedTuple):
    """What an API answers: the id that `Ref` gives, and the ARN where a template asks for it."""

    id: str
    arn: str = ""


Create = Callable[[str, Properties], Created]


def read_template(name: str) -> dict[str, Any]:
    """A template of `deploy/`, with its short forms (`!Ref`) spelt out."""
    from cfnlint.decode.cfn_yaml import load  # noqa: PLC0415 -- slow: one process needs it, not all

    template: dict[str, Any] = json.loads(json.dumps(load(str(TEMPLATES / name))))
    return template


def lint_findings(name: str) -> list[str]:
    """What CloudFormation's own linter says of a template of `deploy/`."""
    from cfnlint.api import lint_file  # noqa: PLC0415 -- slow

    return [str(finding) for finding in lint_file(TEMPLATES / name)]


def create_stack(
    template: Mapping[str, Any], parameters: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Create a stack; the result is its outputs, and physical ids by logical id."""
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName="bwp",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )
    (stack,) = cloudformation.describe_stacks(StackName="bwp")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    resources = cloudformation.describe_stack_resources(StackName="bwp")["StackResources"]
    return (
        {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
        {item["LogicalResourceId"]: item.get("PhysicalResourceId", "") for item in resources},
    )


def teach_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto's CloudFormation create what it lacks or gets wrong."""
    from moto.cloudformation import parsing  # noqa: PLC0415 -- slow: it loads most of AWS

    for name, create in _CREATE.items():
        monkeypatch.setitem(parsing.get_model_map(), name, _model(create))
        monkeypatch.setitem(parsing.get_name_type_map(), name, _NAMES.get(name, ""))


def _model(create: Create) -> "type[CloudFormationModel]":
    from moto.core.common_models import CloudFormationModel  # noqa: PLC0415 -- slow

    class Made(CloudFormationModel):
        def __init__(self, created: Created) -> None:
            self.physical_resource_id, self.arn = created

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return attr == "Arn"

        def get_cfn_attribute(self, _: str) -> str:
            return self.arn

        def is_created(self) -> bool:
            return True

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Properties, *_: object, **__: object
        ) -> "Made":
            return cls(create(resource_name, cloudformation_json["Properties"]))

    return Made


def _bus(name: str, properties: Properties) -> Created:
    return Created(name, boto3.client("events").create_event_bus(**properties)["EventBusArn"])


def _stream(name: str, properties: Properties) -> Created:
    created = boto3.client("firehose").create_delivery_stream(DeliveryStreamName=name, **properties)
    return Created(name, created["DeliveryStreamARN"])


def _role(name: str, properties: Properties) -> Created:
    iam = boto3.client("iam")
    trust = json.dumps(properties["AssumeRolePolicyDocument"])
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    for arn in properties.get("ManagedPolicyArns", []):
        # Those of AWS itself aren't in moto unless it loads them all.
        if ":iam::aws:policy/" not in arn:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in properties.get("Policies", []):
        _role_policy(name, {"RoleName": name, **policy})
    return Created(name, created["Role"]["Arn"])


def _role_policy(name: str, properties: Properties) -> Created:
    document = json.dumps(properties.pop("PolicyDocument"))
    boto3.client("iam").put_role_policy(PolicyDocument=document, **properties)
    return Created(name)


def _bucket_policy(name: str, properties: Properties) -> Created:
    document = json.dumps(properties["PolicyDocument"])
    boto3.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=document)
    return Created(name)


def _queue_policy(name: str, properties: Properties) -> Created:
    document = json.dumps(properties["PolicyDocument"])
    for url in properties["Queues"]:
        boto3.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    return Created(name)


def _file_system(_: str, properties: Properties) -> Created:
    created = boto3.client("efs").create_file_system(**properties)
    return Created(created["FileSystemId"], created["FileSystemArn"])


def _log_stream(name: str, properties: Properties) -> Created:
    boto3.client("logs").create_log_stream(
        logGroupName=properties["LogGroupName"], logStreamName=name
    )
    return Created(name)


def _subscription(name: str, properties: Properties) -> Created:
    boto3.client("sns").subscribe(**properties)
    return Created(name)


def _alarm(name: str, properties: Properties) -> Created:
    boto3.client("cloudwatch").put_metric_alarm(AlarmName=name, **properties)
    return Created(name)


def _schedule(name: str, properties: Properties) -> Created:
    # The one name that the API begins with a small letter.
    network = properties["Target"]["EcsParameters"]["NetworkConfiguration"]
    network["awsvpcConfiguration"] = network.pop("AwsvpcConfiguration")
    created = boto3.client("scheduler").create_schedule(Name=name, **properties)
    return Created(name, created["ScheduleArn"])


def _topic_policy(name: str, properties: Properties) -> Created:
    document = json.dumps(properties["PolicyDocument"])
    for topic in properties["Topics"]:
        boto3.client("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=document
        )
    return Created(name)


_CREATE: dict[str, Create] = {
    # Moto has it, and takes a reference to it for something else than its name.
    "AWS::Events::EventBus": _bus,
    "AWS::KinesisFirehose::DeliveryStream": _stream,
    # Moto has it, without the managed policies.
    "AWS::IAM::Role": _role,
    "AWS::IAM::RolePolicy": _role_policy,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    # Moto has it, without its ARN.
    "AWS::EFS::FileSystem": _file_system,
    "AWS::Logs::LogStream": _log_stream,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::CloudWatch::Alarm": _alarm,
}
_NAMES = {"AWS::Events::EventBus": "Name"}
