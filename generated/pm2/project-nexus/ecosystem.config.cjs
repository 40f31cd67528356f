// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "project-nexus.orchestrator": ["ANTHROPIC_API_KEY"],
  "project-nexus.builder": ["ANTHROPIC_API_KEY"],
  "project-nexus.devops": ["ANTHROPIC_API_KEY"],
  "project-nexus.auditor": ["ANTHROPIC_API_KEY"],
  "project-nexus.mcp.github": ["GITHUB_PERSONAL_ACCESS_TOKEN"],
  "project-nexus.mcp.database": ["DSN"],
  "project-nexus.mcp.github-actions": ["GITHUB_PERSONAL_ACCESS_TOKEN"],
  "project-nexus.mcp.aws": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
};
const apps = [
  {
    "name": "project-nexus.orchestrator",
    "namespace": "project-nexus",
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
      "ACCESS": "generated/pm2/project-nexus/agents/orchestrator.json",
      "AGENT_ID": "orchestrator",
      "AGENT_PROJECT": "project-nexus",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/project-nexus/orchestrator/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "29167",
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
    "name": "project-nexus.builder",
    "namespace": "project-nexus",
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
      "ACCESS": "generated/pm2/project-nexus/agents/builder.json",
      "AGENT_ID": "builder",
      "AGENT_PROJECT": "project-nexus",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MCP_CONFIG": "generated/clients/project-nexus/builder/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "31157",
      "PROMPT_FILE": "specs/prompts/builder.md",
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
    "name": "project-nexus.devops",
    "namespace": "project-nexus",
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
      "ACCESS": "generated/pm2/project-nexus/agents/devops.json",
      "AGENT_ID": "devops",
      "AGENT_PROJECT": "project-nexus",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/project-nexus/devops/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "20442",
      "PROMPT_FILE": "specs/prompts/devops.md",
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
    "name": "project-nexus.auditor",
    "namespace": "project-nexus",
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
      "ACCESS": "generated/pm2/project-nexus/agents/auditor.json",
      "AGENT_ID": "auditor",
      "AGENT_PROJECT": "project-nexus",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MCP_CONFIG": "generated/clients/project-nexus/auditor/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "29742",
      "PROMPT_FILE": "specs/prompts/auditor.md",
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
    "name": "project-nexus.mcp.github",
    "namespace": "project-nexus",
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
      "PORT": "23179",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/github.json"],
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
    "name": "project-nexus.mcp.playwright",
    "namespace": "project-nexus",
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
      "PORT": "22441",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/playwright.json"],
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
    "name": "project-nexus.mcp.database",
    "namespace": "project-nexus",
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
      "PORT": "29021",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/database.json"],
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
    "name": "project-nexus.mcp.github-actions",
    "namespace": "project-nexus",
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
      "PORT": "28630",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/github-actions.json"],
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
    "name": "project-nexus.mcp.kubernetes",
    "namespace": "project-nexus",
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
      "PORT": "27812",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/kubernetes.json"],
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
    "name": "project-nexus.mcp.docker",
    "namespace": "project-nexus",
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
      "PORT": "27103",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/docker.json"],
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
    "name": "project-nexus.mcp.aws",
    "namespace": "project-nexus",
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
      "PORT": "25815",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/project-nexus/servers/aws.json"],
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
