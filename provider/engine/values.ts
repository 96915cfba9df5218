import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

// Signatures of Pulumi's wire format: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that only an apply will know. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A file that the engine hands over by path (relative to the program) or as text. */
export interface AssetValue {
  asset: { path?: string; text?: string; hash?: string };
}

export type Value = null | boolean | number | string | typeof UNKNOWN | Value[] | { [key: string]: Value };
export type Properties = { [key: string]: Value };
export type Path = (string | number)[];

/** Plain properties, and where in them secrets and unknown values are. */
export interface Decoded {
  properties: Properties;
  secrets: Path[];
  unknowns: Path[];
}

/** Takes wire values apart: secrets and outputs are unwrapped, their places remembered. */
export function decode(wire: { [key: string]: JavaScriptValue } | undefined): Decoded {
  const secrets: Path[] = [];
  const unknowns: Path[] = [];

  function walk(value: unknown, path: Path): Value {
    if (value === UNKNOWN_STRING) {
      unknowns.push(path);
      return UNKNOWN;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (value === null || typeof value !== "object") return value as Value;
    const object = value as { [key: string]: unknown };
    switch (object[SIGNATURE]) {
      case SECRET:
        secrets.push(path);
        return walk(object.value, path);
      case OUTPUT:
        if (object.secret === true) secrets.push(path);
        if (!("value" in object)) {
          unknowns.push(path);
          return UNKNOWN;
        }
        return walk(object.value, path);
      case ASSET: {
        const { path: file, text, hash } = object as { path?: string; text?: string; hash?: string };
        const asset: { [key: string]: Value } = {};
        if (file) asset.path = file;
        if (typeof text === "string" && !file) asset.text = text;
        if (hash) asset.hash = hash;
        return { asset };
      }
    }
    // Not by assignment: a key may be called __proto__.
    return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, walk(item, [...path, key])]));
  }

  return { properties: walk(wire ?? {}, []) as Properties, secrets, unknowns };
}

/** Puts properties back on the wire, with every place in `secrets` marked secret again. */
export function encode(properties: Properties, secrets: Path[]): { [key: string]: JavaScriptValue } {
  const secretPlaces = new Set(secrets.map((path) => JSON.stringify(path)));

  function walk(value: Value, path: Path): unknown {
    const plain = unwrap(value, path);
    return secretPlaces.size > 0 && plain !== null && secretPlaces.has(JSON.stringify(path))
      ? { [SIGNATURE]: SECRET, value: plain }
      : plain;
  }
  function unwrap(value: Value, path: Path): unknown {
    if (value === UNKNOWN) return UNKNOWN_STRING;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (value === null || typeof value !== "object") return value;
    if (isAsset(value)) return { [SIGNATURE]: ASSET, ...(value.asset as object) };
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, walk(item, [...path, key])]),
    );
  }

  return walk(properties, []) as { [key: string]: JavaScriptValue };
}

export function isAsset(value: unknown): value is { asset: { path?: string; text?: string; hash?: string } } {
  if (typeof value !== "object" || value === null || !("asset" in value) || Object.keys(value).length !== 1)
    return false;
  const asset = value.asset;
  return typeof asset === "object" && asset !== null && ("path" in asset || "text" in asset);
}

export function at(properties: Value, path: Path): Value | undefined {
  let value: Value | undefined = properties;
  for (const step of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as { [key: string | number]: Value })[step];
  }
  return value;
}

/** `files["/etc/motd"].mode`: a property path as Pulumi writes it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      const name = String(step);
      if (/^[A-Za-z_$][\w$]*$/.test(name)) return index === 0 ? name : `.${name}`;
      return `[${JSON.stringify(name)}]`;
    })
    .join("");
}
