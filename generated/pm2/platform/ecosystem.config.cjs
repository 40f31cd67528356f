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
    "script": "services/agent-registry/dist/server.js",
    "interpreter": "node",
    "exec_mode": "cluster",
    "instances": 2,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "env": {
      "NODE_ENV": "production",
      "PORT": "4000"
    }
  },
  {
    "name": "orchestrator-agent",
    "namespace": "platform",
    "script": "agents/orchestrator/dist/agent.js",
    "interpreter": "node",
    "exec_mode": "fork",
    "instances": 1,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "env": {
      "AGENT_ID": "orchestrator",
      "REGISTRY_URL": "http://localhost:4000"
    }
  },
  {
    "name": "workflow-engine",
    "namespace": "platform",
    "script": "services/workflow-engine/dist/server.js",
    "interpreter": "node",
    "exec_mode": "cluster",
    "instances": 2,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "env": {
      "PORT": "4001"
    }
  },
  {
    "name": "context-api",
    "namespace": "platform",
    "script": "services/context-api/dist/server.js",
    "interpreter": "node",
    "exec_mode": "cluster",
    "instances": 2,
    "autorestart": true,
    "max_restarts": 5,
    "min_uptime": 2000,
    "exp_backoff_restart_delay": 100,
    "kill_timeout": 5000,
    "max_memory_restart": 536870912,
    "env": {
      "REDIS_URL": "redis://localhost:6379",
      "PORT": "4002"
    }
  }
];
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
