// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {};
const apps = [
  {
    "name": "agent-registry",
    "namespace": "platform",
    "script": "stack/registry.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "REGISTRY_SEED": "generated/registry/registry.json",
      "ROSTER_TOKENS": ".roster/stack/tokens.json",
      "PORT": "4000"
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
    "name": "orchestrator-agent",
    "namespace": "platform",
    "script": "stack/agent.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "AGENT_ID": "orchestrator",
      "REGISTRY_URL": "http://localhost:4000",
      "ROSTER_TOKENS": ".roster/stack/tokens.json",
      "PORT": "4003"
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
    "name": "workflow-engine",
    "namespace": "platform",
    "script": "stack/engine.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "ENGINE_STATE": ".roster/stack/workflows.sqlite",
      "REDIS_URL": "redis://localhost:6379",
      "ROSTER_TOKENS": ".roster/stack/tokens.json",
      "STACKS": "generated/pm2",
      "WORKFLOWS": "generated/workflows",
      "PORT": "4001"
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
    "name": "context-api",
    "namespace": "platform",
    "script": "stack/context.py",
    "interpreter": "python3",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "wait_ready": true,
    "listen_timeout": 30000,
    "env": {
      "PYTHONPATH": ".",
      "PYTHONSAFEPATH": "1",
      "PYTHONUNBUFFERED": "1",
      "CONTEXT_SPACES": "generated/context/spaces.json",
      "REDIS_URL": "redis://localhost:6379",
      "ROSTER_TOKENS": ".roster/stack/tokens.json",
      "PORT": "4002"
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
    "name": "context-store",
    "namespace": "platform",
    "script": "redis-server",
    "interpreter": "none",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "env": {
      "PORT": "6379"
    },
    "args": ["--port", "6379", "--bind", "127.0.0.1", "--dir", ".roster/stack", "--appendonly", "yes"],
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
