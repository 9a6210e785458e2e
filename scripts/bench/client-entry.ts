import { useNetwork } from "../../firmware/mqtt/connection.ts";
import type { Network } from "../../firmware/socket.ts";
import { TBDeviceMQTTClient } from "../../firmware/thingsboard/client.ts";

declare const global: Record<string, unknown>;
declare const network: Network;

useNetwork(network);
global.TBDeviceMQTTClient = TBDeviceMQTTClient;
