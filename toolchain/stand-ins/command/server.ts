import { randomBytes } from "node:crypto";
import grpc from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { diffProperties } from "../../../provider/engine/diff.ts";
import { EngineDisplay } from "../../../provider/engine/display.ts";
import { decode, encode, type Path, type Properties } from "../../../provider/engine/values.ts";
import { checkCommand } from "./inputs.ts";
import { type Endpoint, runRemote } from "./remote.ts";

/** The version whose tokens, inputs and behaviour this follows. */
const VERSION = "1.2.1";
const TOKEN = "command:remote:Command";
const WARNING =
  `This is Quayside's STAND-IN for the plugin of @pulumi/command ${VERSION}, for tests where the official plugin cannot ` +
  `be had. It knows ${TOKEN} only. Do not run production with it.`;

type Struct = structMessages.Struct;

/** Serves `command:remote:Command` to the engine. @returns the port it listens on */
export async function serve(engineAddress: string | undefined): Promise<number> {
  const server = new grpc.Server();
  const implementation = handlers(engineAddress) as unknown as grpc.UntypedServiceImplementation;
  server.addService(providerRpc.ResourceProviderService, implementation);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function handlers(engineAddress: string | undefined) {
  let display = new EngineDisplay(engineAddress);

  async function run(urn: string, properties: Properties, command: string): Promise<Properties> {
    const {
      stdin,
      environment,
      logging = "stdoutAndStderr",
      addPreviousOutputInEnv = true,
      stdout,
      stderr,
    } = properties;
    const previous = addPreviousOutputInEnv === false ? {} : previousOutput(stdout, stderr);
    const show = (line: string) => display.of(urn).progress(line);
    const outcome = await runRemote(
      properties.connection as unknown as Endpoint,
      {
        command,
        stdin: stdin as string | undefined,
        environment: { ...(environment as Record<string, string> | undefined), ...previous },
        onLine: {
          ...((logging === "stdout" || logging === "stdoutAndStderr") && { stdout: show }),
          ...((logging === "stderr" || logging === "stdoutAndStderr") && { stderr: show }),
        },
      },
      show,
    );
    return { ...properties, ...outcome };
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
      info.setVersion(VERSION);
      return info;
    }),
    attach: unary(async (request: pluginMessages.PluginAttach) => {
      display = new EngineDisplay(request.getAddress());
      return new emptyMessages.Empty();
    }),
    getSchema: unary(async () => {
      const response = new rpc.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: "command", version: VERSION, resources: {} }));
      return response;
    }),
    checkConfig: unary(async (request: rpc.CheckRequest) => {
      const response = new rpc.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(async () => diffResponse({}, {})),
    configure: unary(async () => {
      display.of("").warn(WARNING);
      const response = new rpc.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: unary(async (request: rpc.CheckRequest) => {
      requireToken(request.getUrn());
      const checked = checkCommand(decode(request.getNews()?.toJavaScript()));
      const response = new rpc.CheckResponse();
      response.setInputs(struct(checked.properties, checked.secrets));
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
      const olds = decode((request.getOldInputs() ?? request.getOlds())?.toJavaScript()).properties;
      return diffResponse(olds, decode(request.getNews()?.toJavaScript()).properties);
    }),
    create: unary(async (request: rpc.CreateRequest) => {
      const { properties, secrets } = decode(request.getProperties()?.toJavaScript());
      const response = new rpc.CreateResponse();
      const name = request.getUrn().split("::").at(-1) ?? "";
      const runs = !request.getPreview() && typeof properties.create === "string";
      const state = runs ? await run(request.getUrn(), properties, properties.create as string) : properties;
      if (!request.getPreview()) response.setId(`${name}${randomBytes(4).toString("hex")}`);
      response.setProperties(
        struct(request.getPreview() ? state : withOutputs(state), [...secrets, ...outputs(secrets)]),
      );
      return response;
    }),
    update: unary(async (request: rpc.UpdateRequest) => {
      const { properties, secrets } = decode(request.getNews()?.toJavaScript());
      const { stdout = "", stderr = "" } = decode(request.getOlds()?.toJavaScript()).properties;
      const before: Properties = { ...properties, stdout, stderr };
      const command = properties.update ?? properties.create;
      const runs = !request.getPreview() && typeof command === "string";
      const state = runs ? await run(request.getUrn(), before, command) : before;
      const response = new rpc.UpdateResponse();
      response.setProperties(struct(state, [...secrets, ...outputs(secrets)]));
      return response;
    }),
    // A command that ran has nothing to look at: what is in state is what there is.
    read: unary(async (request: rpc.ReadRequest) => {
      const response = new rpc.ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return response;
    }),
    delete: unary(async (request: rpc.DeleteRequest) => {
      const { properties } = decode(request.getProperties()?.toJavaScript());
      if (typeof properties.delete === "string") await run(request.getUrn(), properties, properties.delete);
      return new emptyMessages.Empty();
    }),
    cancel: unary(async () => new emptyMessages.Empty()),
  };
}

function requireToken(urn: string): void {
  const token = urn.split("::")[2]?.split("$").at(-1);
  if (token !== TOKEN) throw new Error(`${WARNING} It does not know ${token}.`);
}

function previousOutput(stdout: unknown, stderr: unknown): Record<string, string> {
  return {
    ...(typeof stdout === "string" && stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(typeof stderr === "string" && stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }),
  };
}

function withOutputs(state: Properties): Properties {
  return { ...state, stdout: state.stdout ?? "", stderr: state.stderr ?? "" };
}

/** What a command says may hold any of its secret inputs. */
function outputs(secrets: Path[]): Path[] {
  return secrets.length > 0 ? [["stdout"], ["stderr"]] : [];
}

/** Every input counts, in both directions; a changed trigger replaces, and the new command runs before the old is deleted. */
function diffResponse(olds: Properties, news: Properties): rpc.DiffResponse {
  const removed = Object.keys(olds).filter((key) => news[key] === undefined);
  const wanted = { ...news, ...Object.fromEntries(removed.map((key) => [key, null])) };
  const changes = diffProperties(wanted, olds, { identity: ["triggers"], settings: [] });
  const { DIFF_SOME, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
  const { UPDATE, UPDATE_REPLACE, ADD, ADD_REPLACE, DELETE, DELETE_REPLACE } = rpc.PropertyDiff.Kind;
  const kinds = {
    add: [ADD, ADD_REPLACE],
    delete: [DELETE, DELETE_REPLACE],
    update: [UPDATE, UPDATE_REPLACE],
  } as const;
  const response = new rpc.DiffResponse();
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(changes.length > 0);
  for (const { path, kind, replace } of changes) {
    const detail = new rpc.PropertyDiff();
    detail.setKind(kinds[kind][replace ? 1 : 0]);
    response.getDetaileddiffMap().set(path, detail);
  }
  response.setReplacesList(changes.filter((change) => change.replace).map((change) => change.path));
  return response;
}

function struct(properties: Properties, secrets: Path[]): Struct {
  return structMessages.Struct.fromJavaScript(encode(properties, secrets));
}

function unary<Request, Response>(handle: (request: Request) => Promise<Response>) {
  return (
    call: { request: Request },
    callback: (error: Partial<grpc.ServiceError> | null, response?: Response) => void,
  ) => {
    handle(call.request).then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
}
