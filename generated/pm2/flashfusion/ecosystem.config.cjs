// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "flashfusion-orchestrator": ["ANTHROPIC_API_KEY"],
  "flashfusion-data-pipeline": ["ANTHROPIC_API_KEY"],
  "flashfusion-financial": ["ANTHROPIC_API_KEY"],
  "flashfusion-customer-support": ["ANTHROPIC_API_KEY"],
  "flashfusion-security": ["ANTHROPIC_API_KEY"]
};
const apps = [
  {
    "name": "flashfusion-orchestrator",
    "namespace": "flashfusion",
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
      "AGENT_PROJECT": "flashfusion",
      "MCP_CONFIG": "generated/clients/flashfusion/orchestrator/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4100",
      "PROMPT_FILE": "specs/prompts/orchestrator.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "flashfusion-data-pipeline",
    "namespace": "flashfusion",
    "script": "agents/data-pipeline/dist/agent.js",
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
      "AGENT_ID": "data-pipeline",
      "AGENT_PROJECT": "flashfusion",
      "MCP_CONFIG": "generated/clients/flashfusion/data-pipeline/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4101",
      "PROMPT_FILE": "specs/prompts/data-pipeline.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "flashfusion-financial",
    "namespace": "flashfusion",
    "script": "agents/financial/dist/agent.js",
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
      "AGENT_ID": "financial",
      "AGENT_PROJECT": "flashfusion",
      "MCP_CONFIG": "generated/clients/flashfusion/financial/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "4102",
      "PROMPT_FILE": "specs/prompts/financial.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "flashfusion-customer-support",
    "namespace": "flashfusion",
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
      "AGENT_PROJECT": "flashfusion",
      "MCP_CONFIG": "generated/clients/flashfusion/customer-support/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "4103",
      "PROMPT_FILE": "specs/prompts/customer-support.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "flashfusion-security",
    "namespace": "flashfusion",
    "script": "agents/security/dist/agent.js",
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
      "AGENT_ID": "security",
      "AGENT_PROJECT": "flashfusion",
      "MCP_CONFIG": "generated/clients/flashfusion/security/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MODEL_ID": "claude-opus-5-5",
      "PORT": "4104",
      "PROMPT_FILE": "specs/prompts/security.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  }
];
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
