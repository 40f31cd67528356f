// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "int-smart-triage.orchestrator": ["ANTHROPIC_API_KEY"],
  "int-smart-triage.customer-support": ["ANTHROPIC_API_KEY"],
  "int-smart-triage.safety-evaluator": ["ANTHROPIC_API_KEY"],
  "int-smart-triage.knowledge-synthesizer": ["ANTHROPIC_API_KEY"],
  "int-smart-triage.mcp.notion": ["NOTION_TOKEN", "AUTH_TOKEN"],
  "int-smart-triage.mcp.github-issues": ["GITHUB_PERSONAL_ACCESS_TOKEN"],
  "int-smart-triage.mcp.database": ["DSN"],
  "int-smart-triage.mcp.slack": ["SLACK_MCP_XOXP_TOKEN", "SLACK_MCP_API_KEY"]
};
const apps = [
  {
    "name": "int-smart-triage.orchestrator",
    "namespace": "int-smart-triage",
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
      "ACCESS": "generated/pm2/int-smart-triage/agents/orchestrator.json",
      "AGENT_ID": "orchestrator",
      "AGENT_PROJECT": "int-smart-triage",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/int-smart-triage/orchestrator/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "27775",
      "PROMPT_FILE": "specs/prompts/orchestrator.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.customer-support",
    "namespace": "int-smart-triage",
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
      "ACCESS": "generated/pm2/int-smart-triage/agents/customer-support.json",
      "AGENT_ID": "customer-support",
      "AGENT_PROJECT": "int-smart-triage",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MCP_CONFIG": "generated/clients/int-smart-triage/customer-support/local/.mcp.json",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "20863",
      "PROMPT_FILE": "specs/prompts/customer-support.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.safety-evaluator",
    "namespace": "int-smart-triage",
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
      "ACCESS": "generated/pm2/int-smart-triage/agents/safety-evaluator.json",
      "AGENT_ID": "safety-evaluator",
      "AGENT_PROJECT": "int-smart-triage",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MCP_CONFIG": "generated/clients/int-smart-triage/safety-evaluator/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "28036",
      "PROMPT_FILE": "specs/prompts/safety-evaluator.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.knowledge-synthesizer",
    "namespace": "int-smart-triage",
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
      "ACCESS": "generated/pm2/int-smart-triage/agents/knowledge-synthesizer.json",
      "AGENT_ID": "knowledge-synthesizer",
      "AGENT_PROJECT": "int-smart-triage",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MCP_CONFIG": "generated/clients/int-smart-triage/knowledge-synthesizer/local/.mcp.json",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "22926",
      "PROMPT_FILE": "specs/prompts/knowledge-synthesizer.md",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.mcp.notion",
    "namespace": "int-smart-triage",
    "script": "stack/bridge.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 1073741824,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "PORT": "21305",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/int-smart-triage/servers/notion.json"],
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.mcp.github-issues",
    "namespace": "int-smart-triage",
    "script": "stack/bridge.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 1073741824,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "PORT": "21445",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/int-smart-triage/servers/github-issues.json"],
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.mcp.database",
    "namespace": "int-smart-triage",
    "script": "stack/bridge.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 1073741824,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "PORT": "25108",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/int-smart-triage/servers/database.json"],
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  },
  {
    "name": "int-smart-triage.mcp.slack",
    "namespace": "int-smart-triage",
    "script": "stack/bridge.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 1073741824,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "PORT": "21984",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/int-smart-triage/servers/slack.json"],
    "env_dev": {
      "ENVIRONMENT": "dev"
    },
    "env_prod": {
      "ENVIRONMENT": "prod"
    },
    "env_staging": {
      "ENVIRONMENT": "staging"
    }
  }
];
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
