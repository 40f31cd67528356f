// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "flashfusion.orchestrator": ["ANTHROPIC_API_KEY"],
  "flashfusion.data-pipeline": ["ANTHROPIC_API_KEY"],
  "flashfusion.financial": ["ANTHROPIC_API_KEY"],
  "flashfusion.customer-support": ["ANTHROPIC_API_KEY"],
  "flashfusion.security": ["ANTHROPIC_API_KEY"],
  "flashfusion.mcp.stripe": ["STRIPE_SECRET_KEY"],
  "flashfusion.mcp.database": ["DSN"],
  "flashfusion.mcp.aws": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  "flashfusion.mcp.github": ["GITHUB_PERSONAL_ACCESS_TOKEN"],
  "flashfusion.mcp.analytics": ["GOOGLE_APPLICATION_CREDENTIALS"],
  "flashfusion.mcp.quickbooks": ["QBO_CLIENT_ID", "QBO_CLIENT_SECRET"],
  "flashfusion.mcp.aws-s3": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  "flashfusion.mcp.mongodb": ["MDB_MCP_CONNECTION_STRING"],
  "flashfusion.mcp.semgrep": ["SEMGREP_APP_TOKEN"],
  "flashfusion.mcp.notion": ["NOTION_TOKEN", "AUTH_TOKEN"],
  "flashfusion.mcp.github-issues": ["GITHUB_PERSONAL_ACCESS_TOKEN"]
};
const apps = [
  {
    "name": "flashfusion.orchestrator",
    "namespace": "flashfusion",
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
      "ACCESS": "generated/pm2/flashfusion/agents/orchestrator.json",
      "AGENT_ID": "orchestrator",
      "AGENT_PROJECT": "flashfusion",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/flashfusion/orchestrator/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "30315",
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
    "name": "flashfusion.data-pipeline",
    "namespace": "flashfusion",
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
      "ACCESS": "generated/pm2/flashfusion/agents/data-pipeline.json",
      "AGENT_ID": "data-pipeline",
      "AGENT_PROJECT": "flashfusion",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MCP_CONFIG": "generated/clients/flashfusion/data-pipeline/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "21449",
      "PROMPT_FILE": "specs/prompts/data-pipeline.md",
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
    "name": "flashfusion.financial",
    "namespace": "flashfusion",
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
      "ACCESS": "generated/pm2/flashfusion/agents/financial.json",
      "AGENT_ID": "financial",
      "AGENT_PROJECT": "flashfusion",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/flashfusion/financial/local/.mcp.json",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "28279",
      "PROMPT_FILE": "specs/prompts/financial.md",
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
    "name": "flashfusion.customer-support",
    "namespace": "flashfusion",
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
      "ACCESS": "generated/pm2/flashfusion/agents/customer-support.json",
      "AGENT_ID": "customer-support",
      "AGENT_PROJECT": "flashfusion",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MCP_CONFIG": "generated/clients/flashfusion/customer-support/local/.mcp.json",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "23852",
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
    "name": "flashfusion.security",
    "namespace": "flashfusion",
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
      "ACCESS": "generated/pm2/flashfusion/agents/security.json",
      "AGENT_ID": "security",
      "AGENT_PROJECT": "flashfusion",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MCP_CONFIG": "generated/clients/flashfusion/security/local/.mcp.json",
      "MODEL_ID": "claude-opus-5-5",
      "PORT": "27749",
      "PROMPT_FILE": "specs/prompts/security.md",
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
    "name": "flashfusion.mcp.stripe",
    "namespace": "flashfusion",
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
      "PORT": "23575",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/stripe.json"],
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
    "name": "flashfusion.mcp.database",
    "namespace": "flashfusion",
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
      "PORT": "21829",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/database.json"],
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
    "name": "flashfusion.mcp.aws",
    "namespace": "flashfusion",
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
      "PORT": "31290",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/aws.json"],
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
    "name": "flashfusion.mcp.github",
    "namespace": "flashfusion",
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
      "PORT": "22533",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/github.json"],
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
    "name": "flashfusion.mcp.analytics",
    "namespace": "flashfusion",
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
      "PORT": "22994",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/analytics.json"],
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
    "name": "flashfusion.mcp.quickbooks",
    "namespace": "flashfusion",
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
      "PORT": "29373",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/quickbooks.json"],
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
    "name": "flashfusion.mcp.aws-s3",
    "namespace": "flashfusion",
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
      "PORT": "27631",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/aws-s3.json"],
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
    "name": "flashfusion.mcp.mongodb",
    "namespace": "flashfusion",
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
      "PORT": "22400",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/mongodb.json"],
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
    "name": "flashfusion.mcp.semgrep",
    "namespace": "flashfusion",
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
      "PORT": "20443",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/semgrep.json"],
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
    "name": "flashfusion.mcp.trivy",
    "namespace": "flashfusion",
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
      "PORT": "27176",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/trivy.json"],
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
    "name": "flashfusion.mcp.notion",
    "namespace": "flashfusion",
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
      "PORT": "24353",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/notion.json"],
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
    "name": "flashfusion.mcp.github-issues",
    "namespace": "flashfusion",
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
      "PORT": "21611",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/flashfusion/servers/github-issues.json"],
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
