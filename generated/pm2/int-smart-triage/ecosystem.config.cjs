// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "int-smart-triage-orchestrator": ["ANTHROPIC_API_KEY"],
  "int-smart-triage-customer-support": ["ANTHROPIC_API_KEY"],
  "int-smart-triage-safety-evaluator": ["ANTHROPIC_API_KEY"],
  "int-smart-triage-knowledge-synthesizer": ["ANTHROPIC_API_KEY"]
};
const apps = [
  {
    "name": "int-smart-triage-orchestrator",
    "namespace": "int-smart-triage",
    "script": "agents/orchestrator/dist/agent.js",
    "interpreter": "node",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "env": {
      "AGENT_ID": "orchestrator",
      "AGENT_PROJECT": "int-smart-triage",
      "MCP_CONFIG": "generated/clients/int-smart-triage/orchestrator/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4112",
      "PROMPT_FILE": "specs/prompts/orchestrator.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "int-smart-triage-customer-support",
    "namespace": "int-smart-triage",
    "script": "agents/customer-support/dist/agent.js",
    "interpreter": "node",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "env": {
      "AGENT_ID": "customer-support",
      "AGENT_PROJECT": "int-smart-triage",
      "MCP_CONFIG": "generated/clients/int-smart-triage/customer-support/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "4113",
      "PROMPT_FILE": "specs/prompts/customer-support.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "int-smart-triage-safety-evaluator",
    "namespace": "int-smart-triage",
    "script": "agents/safety-evaluator/dist/agent.js",
    "interpreter": "node",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "env": {
      "AGENT_ID": "safety-evaluator",
      "AGENT_PROJECT": "int-smart-triage",
      "MCP_CONFIG": "generated/clients/int-smart-triage/safety-evaluator/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4114",
      "PROMPT_FILE": "specs/prompts/safety-evaluator.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "int-smart-triage-knowledge-synthesizer",
    "namespace": "int-smart-triage",
    "script": "agents/knowledge-synthesizer/dist/agent.js",
    "interpreter": "node",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "env": {
      "AGENT_ID": "knowledge-synthesizer",
      "AGENT_PROJECT": "int-smart-triage",
      "MCP_CONFIG": "generated/clients/int-smart-triage/knowledge-synthesizer/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "4115",
      "PROMPT_FILE": "specs/prompts/knowledge-synthesizer.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  }
];
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
