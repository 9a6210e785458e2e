"""ThingsBoard's own Python clients, the device SDK and the REST client, against a server: this host, MQTT and HTTP port, id of
a device with the token T1. Each step prints one line of JSON; what goes wrong is an exception.
"""

import json
import logging
import queue
import sys
import tempfile
import time

import tb_device_mqtt
from tb_device_mqtt import TBDeviceMqttClient
from tb_rest_client import RestClient

HOST, MQTT_PORT, HTTP_PORT, DEVICE_ID = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
PATIENCE_S = 20

logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
# The SDK waits a second after each state of an update, for people.
tb_device_mqtt.sleep = lambda s: time.sleep(min(s, 0.02))


def tell(step, result):
    print(json.dumps({step: result}, default=lambda model: model.to_dict()), flush=True)


def until(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.02)


def connected(token, **options):
    client = TBDeviceMqttClient(HOST, MQTT_PORT, username=token, **options)
    client.connect()
    # It asks for them when it has subscribed to all else.
    until(lambda: client.rate_limits_received)
    return client


rest = RestClient(f"http://{HOST}:{HTTP_PORT}")
rest.login("tenant@thingsboard.org", "tenant")
device = rest.get_device_by_id(DEVICE_ID)
tell("device", [device.name, rest.get_tenant_device(device.name).id.id])
tell("credentials", rest.get_device_credentials_by_device_id(device.id).credentials_id)

sdk = connected("T1", chunk_size=100)
tell("telemetry", sdk.send_telemetry([{"ts": 1000, "values": {"a": 1.5}}, {"ts": 2000, "values": {"a": 2.5}}]).get())
tell("latest", rest.get_latest_timeseries(device.id, keys="a", use_strict_data_types=True)["a"])
tell("history", rest.get_timeseries(device.id, 0, 3000, keys="a", use_strict_data_types=True))

# Attributes.
tell("attributes", sdk.send_attributes({"fw": "0.1"}).get())
tell("client scope", [x.value for x in rest.get_attributes_by_scope(device.id, "CLIENT_SCOPE", keys="fw")])
answers = queue.Queue()
sdk.subscribe_to_attribute("interval_s", lambda content, _: answers.put(content))
rest.save_entity_attributes_v2(device.id, "SHARED_SCOPE", {"interval_s": 60})
tell("update", answers.get(timeout=PATIENCE_S))
sdk.request_attributes(["fw"], ["interval_s", "none"], lambda content, _: answers.put(content))
tell("asked", answers.get(timeout=PATIENCE_S))
rest.delete_entity_attributes(device.id, "SHARED_SCOPE", keys="interval_s")
sdk.request_attributes(["fw"], ["interval_s"], lambda content, _: answers.put(content))
tell("after deletion", answers.get(timeout=PATIENCE_S))

# Calls, both ways.
sdk.set_server_side_rpc_request_handler(lambda request, body: sdk.send_rpc_reply(request, {"echo": body["params"]}))
call = {"method": "m", "params": {"x": 1}, "timeout": 5000}
tell("two-way", rest.handle_two_way_device_rpc_request(device.id, call))
tell("two-way, newer", rest.rpc_v2_controller.handle_two_way_device_rpc_request_v2(device_id=DEVICE_ID, body=call))
tell("one-way", rest.handle_one_way_device_rpc_request(device.id, call))
sdk.send_rpc_call("getTime", {}, lambda _, content, __: answers.put(content))
tell("own call", answers.get(timeout=PATIENCE_S))
tell("limits", sdk.max_payload_size)

# Provisioning: of the four kinds.
profile = rest.get_device_profile_by_id(rest.get_default_device_profile_info().id)
profile.provision_type = "ALLOW_CREATE_NEW_DEVICES"
profile.provision_device_key = "key"
profile.profile_data.provision_configuration = {"type": "ALLOW_CREATE_NEW_DEVICES", "provisionDeviceSecret": "secret"}
profile = rest.save_device_profile(profile)
tell("profile", profile.provision_type)


def provision(name, **more):
    return TBDeviceMqttClient.provision(HOST, "key", "secret", port=MQTT_PORT, device_name=name, **more)


given = provision("py 1")
tell("given", [given["status"], len(given["credentialsValue"])])
connected(given["credentialsValue"]).disconnect()
tell("own token", provision("py 2", access_token="own"))
tell("basic", provision("py 3", client_id="c", username="u", password="p"))
connected("u", password="p", client_id="c").disconnect()
tell("certificate", provision("py 4", hash="-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n"))
tell("again", provision("py 1"))

# A firmware update: the file is 1,000 bytes, in chunks of 100.
firmware = bytes(range(250)) * 4
info = rest.save_ota_package_info(
    {"title": "fw", "version": "1.0", "type": "FIRMWARE", "deviceProfileId": {"entityType": "DEVICE_PROFILE", "id": profile.id.id}}
)
with tempfile.NamedTemporaryFile(suffix=".js") as file:
    file.write(firmware)
    file.flush()
    info = rest.save_ota_package_data(info.id, "SHA256", file.name)
tell("package", [info.has_data, info.data_size])
updates = queue.Queue()
sdk.set_on_firmware_received_callback(lambda _, data, version: updates.put([bytes(data) == firmware, version]))
sdk.get_firmware_update()
device.firmware_id = info.id
rest.save_device(device)
tell("firmware", updates.get(timeout=PATIENCE_S))
sdk.update_firmware_info(title="fw", version="1.0", state=tb_device_mqtt.TBFirmwareState.UPDATED)
until(lambda: rest.get_latest_timeseries(device.id, keys="fw_state")["fw_state"][0].value == "UPDATED")
tell("states", [x.value for x in rest.get_timeseries(device.id, 0, 4102444800000, keys="fw_state", order_by="ASC")["fw_state"]])

# Claiming: the customer's user takes it.
tell("claim", sdk.claim("s3", 60000).get())
customer = RestClient(f"http://{HOST}:{HTTP_PORT}")
customer.login("customer@thingsboard.org", "customer")
claimed = customer.claim_device_by_name(device.name, body={"secretKey": "s3"})
tell("claimed", claimed.response if hasattr(claimed, "response") else claimed["response"])
sdk.disconnect()
sdk.stop()
