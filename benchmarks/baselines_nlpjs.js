// Trains NLP.js on the first line of its input ([[text, intent], ...]), then answers each further
// line (a text as JSON) with {intent, score}. Called by baselines_nlpjs.py.
"use strict";

const readline = require("node:readline");

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const load = () => {
  try {
    return [require("node-nlp"), require("node-nlp/package.json").version];
  } catch (error) {
    say({ missing: error.code === "MODULE_NOT_FOUND", error: error.message });
    return process.exit(0);
  }
};

const train = async ({ NlpManager }, rows) => {
  const manager = new NlpManager({
    languages: ["en"],
    forceNER: false,
    autoSave: false,
    autoLoad: false,
    nlu: { log: false },
  });
  for (const [text, intent] of rows) manager.addDocument("en", text, intent);
  await manager.train();
  return manager;
};

const main = async () => {
  const [library, version] = load();
  let manager = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (manager === null) {
      manager = await train(library, JSON.parse(line));
      say({ version });
    } else {
      const { intent, score } = await manager.process("en", JSON.parse(line));
      say({ intent, score });
    }
  }
};

main();
