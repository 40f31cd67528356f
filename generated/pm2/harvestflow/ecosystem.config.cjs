// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "harvestflow.context-engineer": ["ANTHROPIC_API_KEY"],
  "harvestflow.prompt-architect": ["ANTHROPIC_API_KEY"],
  "harvestflow.builder": ["ANTHROPIC_API_KEY"],
  "harvestflow.auditor": ["ANTHROPIC_API_KEY"],
  "harvestflow.synthesizer": ["ANTHROPIC_API_KEY"],
  "harvestflow.devops": ["ANTHROPIC_API_KEY"],
  "harvestflow.security": ["ANTHROPIC_API_KEY"],
  "harvestflow.mcp.github": ["GITHUB_PERSONAL_ACCESS_TOKEN"],
  "harvestflow.mcp.database": ["DSN"],
  "harvestflow.mcp.aws-s3": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  "harvestflow.mcp.notion": ["NOTION_TOKEN", "AUTH_TOKEN"],
  "harvestflow.mcp.github-actions": ["GITHUB_PERSONAL_ACCESS_TOKEN"],
  "harvestflow.mcp.aws": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  "harvestflow.mcp.semgrep": ["SEMGREP_APP_TOKEN"]
};
const apps = [
  {
    "name": "harvestflow.context-engineer",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/context-engineer.json",
      "AGENT_ID": "context-engineer",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MCP_CONFIG": "generated/clients/harvestflow/context-engineer/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "24284",
      "PROMPT_FILE": "specs/prompts/context-engineer.md",
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
    "name": "harvestflow.prompt-architect",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/prompt-architect.json",
      "AGENT_ID": "prompt-architect",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MCP_CONFIG": "generated/clients/harvestflow/prompt-architect/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "24928",
      "PROMPT_FILE": "specs/prompts/prompt-architect.md",
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
    "name": "harvestflow.builder",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/builder.json",
      "AGENT_ID": "builder",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MCP_CONFIG": "generated/clients/harvestflow/builder/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "25504",
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
    "name": "harvestflow.auditor",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/auditor.json",
      "AGENT_ID": "auditor",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.85",
      "MCP_CONFIG": "generated/clients/harvestflow/auditor/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "26765",
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
    "name": "harvestflow.synthesizer",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/synthesizer.json",
      "AGENT_ID": "synthesizer",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.8",
      "MCP_CONFIG": "generated/clients/harvestflow/synthesizer/local/.mcp.json",
      "MODEL_ID": "claude-haiku-5-5",
      "PORT": "23775",
      "PROMPT_FILE": "specs/prompts/synthesizer.md",
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
    "name": "harvestflow.devops",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/devops.json",
      "AGENT_ID": "devops",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/harvestflow/devops/local/.mcp.json",
      "MODEL_ID": "claude-sonnet-5-5",
      "PORT": "24947",
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
    "name": "harvestflow.security",
    "namespace": "harvestflow",
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
      "ACCESS": "generated/pm2/harvestflow/agents/security.json",
      "AGENT_ID": "security",
      "AGENT_PROJECT": "harvestflow",
      "CONFIDENCE_THRESHOLD": "0.95",
      "MCP_CONFIG": "generated/clients/harvestflow/security/local/.mcp.json",
      "MODEL_ID": "claude-opus-5-5",
      "PORT": "29759",
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
    "name": "harvestflow.mcp.github",
    "namespace": "harvestflow",
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
      "PORT": "27071",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/github.json"],
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
    "name": "harvestflow.mcp.database",
    "namespace": "harvestflow",
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
      "PORT": "31652",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/database.json"],
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
    "name": "harvestflow.mcp.aws-s3",
    "namespace": "harvestflow",
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
      "PORT": "26024",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/aws-s3.json"],
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
    "name": "harvestflow.mcp.notion",
    "namespace": "harvestflow",
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
      "PORT": "24390",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/notion.json"],
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
    "name": "harvestflow.mcp.github-actions",
    "namespace": "harvestflow",
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
      "PORT": "20670",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/github-actions.json"],
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
    "name": "harvestflow.mcp.kubernetes",
    "namespace": "harvestflow",
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
      "PORT": "26296",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/kubernetes.json"],
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
    "name": "harvestflow.mcp.docker",
    "namespace": "harvestflow",
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
      "PORT": "28325",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/docker.json"],
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
    "name": "harvestflow.mcp.aws",
    "namespace": "harvestflow",
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
      "PORT": "21608",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/aws.json"],
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
    "name": "harvestflow.mcp.semgrep",
    "namespace": "harvestflow",
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
      "PORT": "22081",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/semgrep.json"],
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
    "name": "harvestflow.mcp.trivy",
    "namespace": "harvestflow",
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
      "PORT": "31882",
      "ROSTER_TOKENS": ".roster/stack/tokens.json"
    },
    "args": ["generated/pm2/harvestflow/servers/trivy.json"],
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
