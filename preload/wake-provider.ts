/**
 * Asks the engine for the provider first of all: it starts a plugin when something of it is first asked for, and the
 * provider can start on a core of its own while the SDK and the stack are being loaded.
 */
import { setImmediate } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import monitorRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/resource_pb.js";

// As the engine's language host calls the SDK's program.
const flag = process.argv.indexOf("--monitor");
const address = process.argv[flag + 1];
if (flag > 0 && address !== undefined) await wake(address);

async function wake(engine: string): Promise<void> {
  const monitor = new monitorRpc.ResourceMonitorClient(engine, grpc.credentials.createInsecure());
  const request = new rpc.ResourceInvokeRequest();
  request.setTok("quayside:index:wake");
  monitor.invoke(request, () => monitor.close());
  // The request needs some turns of the event loop to leave, which the loading of modules would not give it.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}
