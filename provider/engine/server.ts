import grpc from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { AnyResourceType } from "../resource-type.ts";
import { ConnectionPool } from "../transport/pool.ts";
import { Sessions } from "../transport/session.ts";
import type { PropertyChange } from "./diff.ts";
import { EngineDisplay } from "./display.ts";
import { ResourceLife } from "./resources.ts";
import { decode, encode, type Path, type Properties } from "./values.ts";

type Struct = structMessages.Struct;

/** Serves the resource types to the Pulumi engine. @returns the port it listens on */
export async function serve(
  types: AnyResourceType[],
  version: string,
  engineAddress: string | undefined,
): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(
    providerRpc.ResourceProviderService,
    handlers(types, version, engineAddress) as unknown as grpc.UntypedServiceImplementation,
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function handlers(types: AnyResourceType[], version: string, engineAddress: string | undefined) {
  const pool = new ConnectionPool();
  const sessions = new Sessions(pool);
  const lives = new Map(types.map((type) => [type.token as string, new ResourceLife(type, sessions)]));
  let display = new EngineDisplay(engineAddress);

  function life(urn: string): ResourceLife {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const found = lives.get(token);
    if (!found)
      throw new Error(
        `the quayside provider ${version} has no resource type ${token}; it has: ${[...lives.keys()].join(", ")}`,
      );
    return found;
  }

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
      info.setVersion(version);
      return info;
    }),
    attach: unary(async (request: pluginMessages.PluginAttach) => {
      display = new EngineDisplay(request.getAddress());
      return new emptyMessages.Empty();
    }),
    getSchema: unary(async () => {
      const response = new rpc.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: "quayside", version, resources: {} }));
      return response;
    }),
    checkConfig: unary(async (request: rpc.CheckRequest) => {
      const response = new rpc.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    // The program's first words, so that this process starts while the stack's modules are still being loaded.
    invoke: unary(async () => new rpc.InvokeResponse()),
    // A rotated key changes how hosts are reached, not what is on them: never a reason to replace anything.
    diffConfig: unary(async () => diffResponse([])),
    configure: unary(async (request: rpc.ConfigureRequest) => {
      const { privateKey } = decode(request.getArgs()?.toJavaScript()).properties;
      pool.settings = typeof privateKey === "string" ? { privateKey } : {};
      const response = new rpc.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: unary(async (request: rpc.CheckRequest) => {
      const checked = life(request.getUrn()).check(decode(request.getNews()?.toJavaScript()));
      const response = new rpc.CheckResponse();
      response.setInputs(struct(checked.inputs, checked.secrets));
      response.setFailuresList(
        checked.faults.map((fault) => {
          const failure = new rpc.CheckFailure();
          failure.setProperty(fault.path);
          failure.setReason(fault.reason);
          return failure;
        }),
      );
      return response;
    }),
    diff: unary(async (request: rpc.DiffRequest) =>
      diffResponse(life(request.getUrn()).diff(plain(request.getOlds()), plain(request.getNews()))),
    ),
    create: unary(async (request: rpc.CreateRequest) => {
      const news = decode(request.getProperties()?.toJavaScript());
      const response = new rpc.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(struct(life(request.getUrn()).preview(news), news.secrets));
        return response;
      }
      const stored = await life(request.getUrn()).create(news, display.of(request.getUrn()));
      response.setId(stored.id);
      response.setProperties(struct(stored.properties, stored.secrets));
      return response;
    }),
    update: unary(async (request: rpc.UpdateRequest) => {
      const news = decode(request.getNews()?.toJavaScript());
      const response = new rpc.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(struct(life(request.getUrn()).preview(news), news.secrets));
        return response;
      }
      const olds = decode(request.getOlds()?.toJavaScript());
      const stored = await life(request.getUrn()).update(olds, news, display.of(request.getUrn()));
      response.setProperties(struct(stored.properties, stored.secrets));
      return response;
    }),
    read: unary(async (request: rpc.ReadRequest) => {
      const inputs = decode(request.getInputs()?.toJavaScript());
      const response = new rpc.ReadResponse();
      if (Object.keys(inputs.properties).length === 0) throw new Error(importRemedy(request.getId()));
      const olds = decode(request.getProperties()?.toJavaScript());
      const found = await life(request.getUrn()).read(inputs, olds, display.of(request.getUrn()));
      if (!found) return response;
      response.setId(request.getId());
      response.setProperties(struct(found.properties, found.secrets));
      response.setInputs(struct(found.inputs, found.secrets));
      return response;
    }),
    delete: unary(async (request: rpc.DeleteRequest) => {
      const state = decode(request.getProperties()?.toJavaScript());
      const inputs = decode(request.getOldInputs()?.toJavaScript());
      await life(request.getUrn()).delete(inputs, state, display.of(request.getUrn()));
      return new emptyMessages.Empty();
    }),
    cancel: unary(async () => {
      await pool.close();
      return new emptyMessages.Empty();
    }),
  };
}

function importRemedy(id: string): string {
  return `${id} cannot be imported by id alone, as the id does not say how to reach its host. Declare it and run \`up\`: what is already there is adopted as it is.`;
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

function plain(wire: Struct | undefined): Properties {
  return decode(wire?.toJavaScript()).properties;
}

function struct(properties: Properties, secrets: Path[]): Struct {
  return structMessages.Struct.fromJavaScript(encode(properties, secrets));
}

const KINDS = {
  add: [rpc.PropertyDiff.Kind.ADD, rpc.PropertyDiff.Kind.ADD_REPLACE],
  delete: [rpc.PropertyDiff.Kind.DELETE, rpc.PropertyDiff.Kind.DELETE_REPLACE],
  update: [rpc.PropertyDiff.Kind.UPDATE, rpc.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(changes: PropertyChange[]): rpc.DiffResponse {
  const response = new rpc.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(changes.length > 0);
  response.setDeletebeforereplace(true);
  for (const change of changes) {
    const detail = new rpc.PropertyDiff();
    detail.setKind(KINDS[change.kind][change.replace ? 1 : 0]);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  response.setDiffsList(changes.map((change) => change.path));
  response.setReplacesList(changes.filter((change) => change.replace).map((change) => change.path));
  return response;
}
