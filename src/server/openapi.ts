/** OpenAPI 3.1 of the API, made from the same table of routes that is served. */
import { z } from "zod";
import {
  addressParts,
  binaryKinds,
  csrfHeader,
  namesIn,
  problemSchema,
  routes,
  type RouteSpec,
} from "../reading/contract/index.js";

type Json = Record<string, unknown>;

export function openApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, spec] of Object.entries(routes) as [string, RouteSpec][]) {
    const path = spec.path.replace(/:([a-z]+)/gi, "{$1}");
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: operation(name, spec) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Marrow reading room", version, description: "Research use only." },
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: "marrow" } },
    },
  };
}

function operation(name: string, spec: RouteSpec): Json {
  const { summary, access, body, response, isUpload } = spec;
  return {
    operationId: name,
    summary,
    "x-marrow-access": access,
    security: access === "anyone" ? [] : [{ session: [] }],
    parameters: parametersOf(spec),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body, "input") } } },
    }),
    ...(isUpload && {
      requestBody: {
        required: true,
        content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
      },
    }),
    responses: { 200: { description: "Done.", content: contentOf(response) }, default: problem },
  };
}

const problem = {
  description: "What went wrong.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

function contentOf(response: RouteSpec["response"]): Json {
  if (typeof response === "string")
    return { [binaryKinds[response]]: { schema: { type: "string", format: "binary" } } };
  return { "application/json": { schema: jsonSchema(response, "output") } };
}

function parametersOf({ path, query, access, method }: RouteSpec): Json[] {
  const inPath = namesIn(path).map((name) => ({
    ...{ name, in: "path", required: true },
    schema: jsonSchema(addressParts[name as keyof typeof addressParts], "input"),
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    ...{ name, in: "query", required: !(schema as z.ZodType).safeParse(undefined).success },
    schema: jsonSchema(schema as z.ZodType, "input"),
  }));
  const header = { name: csrfHeader, in: "header", required: true, schema: { type: "string" } };
  return [...inPath, ...inQuery, ...(access !== "anyone" && method !== "GET" ? [header] : [])];
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const made: Json = { ...z.toJSONSchema(schema, { io, unrepresentable: "any" }) };
  delete made["$schema"];
  return made;
}
