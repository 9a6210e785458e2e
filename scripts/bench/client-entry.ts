import { TBDeviceMQTTClient } from "../../firmware/thingsboard/client.ts";

declare const global: Record<string, unknown>;

global.TBDeviceMQTTClient = TBDeviceMQTTClient;
