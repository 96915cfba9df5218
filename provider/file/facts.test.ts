import { expect, test } from "vitest";
import { ownership, parseFacts } from "./facts.ts";

const sum = "a".repeat(64);

test("facts are read by path, whatever the path looks like", () => {
  const output =
    `81a4 root adm 0 4 12 /etc/a file with spaces\n41ed root root 0 0 40 /srv\na1ff root root 0 0 3 /link\n\n` +
    `${sum}  /etc/a file with spaces\n`;
  const facts = parseFacts(output);
  expect(facts.get("/etc/a file with spaces")).toEqual({
    ...{ kind: "file", mode: "0644", owner: "root", group: "adm", uid: "0", gid: "4", size: 12, sha256: sum },
  });
  expect(facts.get("/srv")).toMatchObject({ kind: "directory", mode: "0755" });
  expect(facts.get("/link")?.kind).toBe("symbolic link");
});

test("nothing there is no facts", () => {
  expect(parseFacts("\n")).toEqual(new Map());
});

test("owners are names or numbers, as they were declared", () => {
  const facts = parseFacts("81a4 app app 1001 1002 1 /a\n\n").get("/a");
  expect(facts && ownership(facts, { owner: "1001", group: "app" })).toEqual({ owner: "1001", group: "app" });
});
