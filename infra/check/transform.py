"""Prints template.yaml as the CloudFormation that the SAM translator makes of it.

cfn-lint sees more in that than in the template itself: mistyped IAM actions
and parameters that nothing uses.
"""

import json
import os
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# What the translator would ask AWS for.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
BASIC_EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


class ManagedPolicies:
    """Knows the one managed policy that every function gets."""

    def load(self):
        return {"AWSLambdaBasicExecutionRole": BASIC_EXECUTION}


def main(path):
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file)
    # sam package would upload code and nested templates, and write where they went.
    if "Globals" in template:
        template["Globals"]["Function"]["CodeUri"] = "s3://bucket/code.zip"
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Application":
            resource["Properties"]["Location"] = "https://bucket.s3.amazonaws.com/nested.yaml"
    json.dump(transform(template, {}, ManagedPolicies()), sys.stdout, indent=2)


main(*sys.argv[1:])
