// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
const secrets = {
  "flashfusion.financial": ["ANTHROPIC_API_KEY"]
};
const apps = [
  {
    "name": "flashfusion.financial",
    "namespace": "flashfusion",
    "script": "agents/financial/agent.js",
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
      "ACCESS": "generated/pm2/flashfusion/agents/financial.json",
      "AGENT_ID": "financial",
      "AGENT_PROJECT": "flashfusion",
      "CONFIDENCE_THRESHOLD": "0.9",
      "MCP_CONFIG": "generated/clients/flashfusion/financial/local/.mcp.json",
      "MODEL_ID": "claude-haiku-4-5-20251001",
      "PORT": "28279",
      "PROMPT_FILE": "specs/prompts/prompt.md",
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
