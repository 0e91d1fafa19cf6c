"""A client that openapi-python-client generates from the spec: the package `feishu_client`."""

import enum
import importlib
import inspect
import os
import pkgutil
import typing

import feishu_client
import feishu_client.api
from feishu_client.api.auth import tenant_access_token_internal
from feishu_client.models import CustomAppCredentials
from life import life

base_url = os.environ["BASE_URL"]
credentials = CustomAppCredentials(app_id=os.environ["APP_ID"], app_secret=os.environ["APP_SECRET"])
issued = tenant_access_token_internal.sync(client=feishu_client.Client(base_url=base_url), body=credentials)
client = feishu_client.AuthenticatedClient(base_url=base_url, token=issued.tenant_access_token)

# By the name of the operation, the module that the generator wrote for it.
MODULES = {
    module.name.rsplit(".", 1)[-1]: importlib.import_module(module.name)
    for module in pkgutil.walk_packages(feishu_client.api.__path__, "feishu_client.api.")
}


def typed(value, annotation):
    """The value as the generated function takes it: a member of an enum, or an object of a model."""
    kinds = [kind for kind in typing.get_args(annotation) or [annotation] if inspect.isclass(kind)]
    for kind in kinds:
        if issubclass(kind, enum.Enum):
            return kind(value)
        if hasattr(kind, "from_dict"):
            return kind.from_dict(value)
    return value


def call(operation, path, query, body):
    send = MODULES[operation].sync
    given = {**path, **query} | ({} if body is None else {"body": body})
    parameters = inspect.signature(send).parameters
    response = send(client=client, **{name: typed(value, parameters[name].annotation) for name, value in given.items()})
    return response.to_dict()


life("openapi-python-client", call)
