import grpc from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Display } from "../transport/session.ts";
import type { Fault } from "./check.ts";
import { diffConfiguration, type PropertyChange } from "./diff.ts";
import { EngineDisplay } from "./display.ts";
import { type Decoded, decode, encode, type Path, type Properties } from "./values.ts";

type Struct = structMessages.Struct;

/** Properties on their way to the engine, and where in them secrets are. */
export interface Encodable {
  properties: Properties;
  secrets: Path[];
}

export interface Checked {
  inputs: Properties;
  secrets: Path[];
  faults: Fault[];
}

export interface Stored extends Encodable {
  id: string;
}

/** A resource as the engine keeps it. */
export interface Kept {
  urn: string;
  id: string;
  inputs: Decoded;
  state: Decoded;
}

/** What a Pulumi plugin does, in plain values; {@link servePlugin} translates to and from the engine's protocol. */
export interface Plugin {
  /** The package: `quayside`. */
  name: string;
  version: string;
  /** Whether a replaced resource's old one goes before the new one comes. */
  deletesBeforeReplacing: boolean;
  /** @param display shows what belongs to no resource */
  configure(args: Properties, display: Display): void | Promise<void>;
  /** Calls a function of the package. @default there is none */
  invoke?(token: string, args: Properties): Promise<Properties>;
  check(urn: string, news: Decoded): Checked;
  diff(kept: Kept, news: Properties): PropertyChange[];
  /** What a preview knows of the outcome. @param olds a resource that would be updated */
  preview(urn: string, news: Decoded, olds?: Kept): Encodable;
  create(urn: string, news: Decoded, display: Display): Promise<Stored>;
  update(kept: Kept, news: Decoded, display: Display): Promise<Encodable>;
  /** @returns undefined when it is gone; `inputs` where what is declared of it follows what is found */
  read(kept: Kept, display: Display): Promise<(Stored & { inputs?: Properties }) | undefined>;
  delete(kept: Kept, display: Display): Promise<void>;
  /** The engine wants what runs to end. */
  cancel(): Promise<void>;
}

/** The resource type of a URN: `quayside:host:File`. */
export function tokenOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/**
 * Serves a plugin to the engine.
 *
 * @param engineAddress `host:port` of the engine, the plugin's first argument
 * @returns the port it listens on
 */
export async function servePlugin(plugin: Plugin, engineAddress: string | undefined): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(
    providerRpc.ResourceProviderService,
    handlers(plugin, engineAddress) as unknown as grpc.UntypedServiceImplementation,
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function handlers(plugin: Plugin, engineAddress: string | undefined) {
  let display = new EngineDisplay(engineAddress);

  return {
    handshake: unary(async (request: rpc.ProviderHandshakeRequest) => {
      if (request.getEngineAddress()) display = new EngineDisplay(request.getEngineAddress());
      const response = new rpc.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      return response;
    }),
    getPluginInfo: unary(async () => {
      const info = new pluginMessages.PluginInfo();
      info.setVersion(plugin.version);
      return info;
    }),
    attach: unary(async (request: pluginMessages.PluginAttach) => {
      display = new EngineDisplay(request.getAddress());
      return new emptyMessages.Empty();
    }),
    getSchema: unary(async () => {
      const response = new rpc.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: plugin.name, version: plugin.version, resources: {} }));
      return response;
    }),
    checkConfig: unary(async (request: rpc.CheckRequest) => {
      const response = new rpc.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(async (request: rpc.DiffRequest) => {
      const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map(decoded);
      return diffResponse(diffConfiguration(olds?.properties ?? {}, news?.properties ?? {}), false);
    }),
    configure: unary(async (request: rpc.ConfigureRequest) => {
      await plugin.configure(decoded(request.getArgs()).properties, display.of(""));
      const response = new rpc.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      return response;
    }),
    invoke: unary(async (request: rpc.InvokeRequest) => {
      const token = request.getTok();
      if (!plugin.invoke) throw new Error(`the ${plugin.name} plugin ${plugin.version} has no function ${token}`);
      const response = new rpc.InvokeResponse();
      response.setReturn(struct(await plugin.invoke(token, decoded(request.getArgs()).properties)));
      return response;
    }),
    check: unary(async (request: rpc.CheckRequest) => {
      const checked = plugin.check(request.getUrn(), decoded(request.getNews()));
      const response = new rpc.CheckResponse();
      response.setInputs(struct(checked.inputs, checked.secrets));
      response.setFailuresList(
        checked.faults.map(({ path, reason }) => {
          const failure = new rpc.CheckFailure();
          failure.setProperty(path);
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),
    diff: unary(async (request: rpc.DiffRequest) => {
      const kept = keptOf(request, request.getOldInputs(), request.getOlds());
      return diffResponse(plugin.diff(kept, decoded(request.getNews()).properties), plugin.deletesBeforeReplacing);
    }),
    create: unary(async (request: rpc.CreateRequest) => {
      const [urn, news] = [request.getUrn(), decoded(request.getProperties())];
      const response = new rpc.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(structOf(plugin.preview(urn, news)));
        return response;
      }
      const stored = await plugin.create(urn, news, display.of(urn));
      response.setId(stored.id);
      response.setProperties(structOf(stored));
      return response;
    }),
    update: unary(async (request: rpc.UpdateRequest) => {
      const [urn, news] = [request.getUrn(), decoded(request.getNews())];
      const kept = keptOf(request, request.getOldInputs(), request.getOlds());
      const response = new rpc.UpdateResponse();
      const outcome = request.getPreview()
        ? plugin.preview(urn, news, kept)
        : await plugin.update(kept, news, display.of(urn));
      response.setProperties(structOf(outcome));
      return response;
    }),
    read: unary(async (request: rpc.ReadRequest) => {
      const kept = keptOf(request, request.getInputs(), request.getProperties());
      const found = await plugin.read(kept, display.of(kept.urn));
      const response = new rpc.ReadResponse();
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(structOf(found));
      response.setInputs(found.inputs ? struct(found.inputs, found.secrets) : request.getInputs());
      return response;
    }),
    delete: unary(async (request: rpc.DeleteRequest) => {
      const kept = keptOf(request, request.getOldInputs(), request.getProperties());
      await plugin.delete(kept, display.of(kept.urn));
      return new emptyMessages.Empty();
    }),
    cancel: unary(async () => {
      await plugin.cancel();
      return new emptyMessages.Empty();
    }),
  };
}

/** Turns an async function into a unary handler; whatever it throws reaches the engine as one message. */
function unary<Request, Response>(handle: (request: Request) => Promise<Response>) {
  return (
    call: { request: Request },
    callback: (error: Partial<grpc.ServiceError> | null, response?: Response) => void,
  ) => {
    handle(call.request).then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
    );
  };
}

function keptOf(
  request: { getUrn(): string; getId(): string },
  inputs: Struct | undefined,
  state: Struct | undefined,
): Kept {
  return { urn: request.getUrn(), id: request.getId(), inputs: decoded(inputs), state: decoded(state) };
}

function decoded(wire: Struct | undefined): Decoded {
  return decode(wire?.toJavaScript());
}

function struct(properties: Properties, secrets: Path[] = []): Struct {
  return structMessages.Struct.fromJavaScript(encode(properties, secrets));
}

function structOf({ properties, secrets }: Encodable): Struct {
  return struct(properties, secrets);
}

const KINDS = {
  add: [rpc.PropertyDiff.Kind.ADD, rpc.PropertyDiff.Kind.ADD_REPLACE],
  delete: [rpc.PropertyDiff.Kind.DELETE, rpc.PropertyDiff.Kind.DELETE_REPLACE],
  update: [rpc.PropertyDiff.Kind.UPDATE, rpc.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(changes: PropertyChange[], deletesBeforeReplacing: boolean): rpc.DiffResponse {
  const response = new rpc.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(changes.length > 0);
  response.setDeletebeforereplace(deletesBeforeReplacing);
  for (const change of changes) {
    const detail = new rpc.PropertyDiff();
    detail.setKind(KINDS[change.kind][change.replace ? 1 : 0]);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  response.setDiffsList(changes.map((change) => change.path));
  response.setReplacesList(changes.filter((change) => change.replace).map((change) => change.path));
  return response;
}
