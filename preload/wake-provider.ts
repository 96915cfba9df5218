/**
 * Asks the engine for the provider first of all: it starts a plugin when something of it is first asked for, and the
 * provider can start on a core of its own while the SDK and the stack are being loaded.
 */
import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";

// Required rather than imported: Node reads a module that it imports once more, for its names.
const require = createRequire(import.meta.url);

// As the engine's language host calls the SDK's program.
const flag = process.argv.indexOf("--monitor");
const address = process.argv[flag + 1];
if (flag > 0 && address !== undefined) await wake(address);

async function wake(engine: string): Promise<void> {
  const { credentials } = require("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
  const { ResourceMonitorClient } =
    require("@pulumi/pulumi/proto/resource_grpc_pb.js") as typeof import("@pulumi/pulumi/proto/resource_grpc_pb.js");
  const { ResourceInvokeRequest } =
    require("@pulumi/pulumi/proto/resource_pb.js") as typeof import("@pulumi/pulumi/proto/resource_pb.js");
  const monitor = new ResourceMonitorClient(engine, credentials.createInsecure());
  const request = new ResourceInvokeRequest();
  request.setTok("quayside:index:wake");
  monitor.invoke(request, () => monitor.close());
  // The request needs some turns of the event loop to leave, which the loading of modules would not give it.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}
