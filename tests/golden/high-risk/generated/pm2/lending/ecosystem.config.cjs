// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "lending.credit-analyst": ["ANTHROPIC_API_KEY"],
  "lending.fairness-reviewer": ["ANTHROPIC_API_KEY"],
  "lending.applicant-assistant": ["ANTHROPIC_API_KEY"]
};
const apps = [
  {
    "name": "lending.credit-analyst",
    "namespace": "lending",
    "script": "stack/agent.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "ACCESS": "generated/pm2/lending/agents/credit-analyst.json",
      "AGENT_ID": "credit-analyst",
      "AGENT_PROJECT": "lending",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MCP_CONFIG": "generated/clients/lending/credit-analyst/local/.mcp.json",
      "MODEL_ID": "claude-haiku-4-5-20251001",
      "PORT": "31017",
      "PROMPT_FILE": "specs/prompts/credit-analyst.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    }
  },
  {
    "name": "lending.fairness-reviewer",
    "namespace": "lending",
    "script": "stack/agent.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "ACCESS": "generated/pm2/lending/agents/fairness-reviewer.json",
      "AGENT_ID": "fairness-reviewer",
      "AGENT_PROJECT": "lending",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MCP_CONFIG": "generated/clients/lending/fairness-reviewer/local/.mcp.json",
      "MODEL_ID": "claude-haiku-4-5-20251001",
      "PORT": "25040",
      "PROMPT_FILE": "specs/prompts/fairness-reviewer.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    }
  },
  {
    "name": "lending.applicant-assistant",
    "namespace": "lending",
    "script": "stack/agent.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 2000000000,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "ACCESS": "generated/pm2/lending/agents/applicant-assistant.json",
      "AGENT_ID": "applicant-assistant",
      "AGENT_PROJECT": "lending",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MCP_CONFIG": "generated/clients/lending/applicant-assistant/local/.mcp.json",
      "MODEL_ID": "claude-haiku-4-5-20251001",
      "PORT": "31380",
      "PROMPT_FILE": "specs/prompts/applicant-assistant.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    }
  }
];
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
