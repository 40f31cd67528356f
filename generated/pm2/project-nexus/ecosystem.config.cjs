// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "project-nexus-orchestrator": ["ANTHROPIC_API_KEY"],
  "project-nexus-builder": ["ANTHROPIC_API_KEY"],
  "project-nexus-devops": ["ANTHROPIC_API_KEY"],
  "project-nexus-auditor": ["ANTHROPIC_API_KEY"]
};
const apps = [
  {
    "name": "project-nexus-orchestrator",
    "namespace": "project-nexus",
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
      "AGENT_PROJECT": "project-nexus",
      "MCP_CONFIG": "generated/clients/project-nexus/orchestrator/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4116",
      "PROMPT_FILE": "specs/prompts/orchestrator.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "project-nexus-builder",
    "namespace": "project-nexus",
    "script": "agents/builder/dist/agent.js",
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
      "AGENT_ID": "builder",
      "AGENT_PROJECT": "project-nexus",
      "MCP_CONFIG": "generated/clients/project-nexus/builder/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4117",
      "PROMPT_FILE": "specs/prompts/builder.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "project-nexus-devops",
    "namespace": "project-nexus",
    "script": "agents/devops/dist/agent.js",
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
      "AGENT_ID": "devops",
      "AGENT_PROJECT": "project-nexus",
      "MCP_CONFIG": "generated/clients/project-nexus/devops/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4118",
      "PROMPT_FILE": "specs/prompts/devops.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "project-nexus-auditor",
    "namespace": "project-nexus",
    "script": "agents/auditor/dist/agent.js",
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
      "AGENT_ID": "auditor",
      "AGENT_PROJECT": "project-nexus",
      "MCP_CONFIG": "generated/clients/project-nexus/auditor/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4119",
      "PROMPT_FILE": "specs/prompts/auditor.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  }
];
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
