// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "harvestflow-context-engineer": ["ANTHROPIC_API_KEY"],
  "harvestflow-prompt-architect": ["ANTHROPIC_API_KEY"],
  "harvestflow-builder": ["ANTHROPIC_API_KEY"],
  "harvestflow-auditor": ["ANTHROPIC_API_KEY"],
  "harvestflow-synthesizer": ["ANTHROPIC_API_KEY"],
  "harvestflow-devops": ["ANTHROPIC_API_KEY"],
  "harvestflow-security": ["ANTHROPIC_API_KEY"]
};
const apps = [
  {
    "name": "harvestflow-context-engineer",
    "namespace": "harvestflow",
    "script": "agents/context-engineer/dist/agent.js",
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
      "AGENT_ID": "context-engineer",
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/context-engineer/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4105",
      "PROMPT_FILE": "specs/prompts/context-engineer.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "harvestflow-prompt-architect",
    "namespace": "harvestflow",
    "script": "agents/prompt-architect/dist/agent.js",
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
      "AGENT_ID": "prompt-architect",
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/prompt-architect/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4106",
      "PROMPT_FILE": "specs/prompts/prompt-architect.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "harvestflow-builder",
    "namespace": "harvestflow",
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
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/builder/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4107",
      "PROMPT_FILE": "specs/prompts/builder.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "harvestflow-auditor",
    "namespace": "harvestflow",
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
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/auditor/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4108",
      "PROMPT_FILE": "specs/prompts/auditor.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "harvestflow-synthesizer",
    "namespace": "harvestflow",
    "script": "agents/synthesizer/dist/agent.js",
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
      "AGENT_ID": "synthesizer",
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/synthesizer/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "4109",
      "PROMPT_FILE": "specs/prompts/synthesizer.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "harvestflow-devops",
    "namespace": "harvestflow",
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
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/devops/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "4110",
      "PROMPT_FILE": "specs/prompts/devops.md",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "harvestflow-security",
    "namespace": "harvestflow",
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
      "AGENT_PROJECT": "harvestflow",
      "MCP_CONFIG": "generated/clients/harvestflow/security/.mcp.json",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MODEL_ID": "claude-opus-5-5",
      "PORT": "4111",
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
