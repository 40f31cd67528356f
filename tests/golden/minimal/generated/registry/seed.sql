-- The agent registry, for PostgreSQL >= 14: psql -v ON_ERROR_STOP=1 -f seed.sql
BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL client_min_messages = warning;
DO $$ BEGIN PERFORM pg_advisory_xact_lock(3517811669); END $$;
CREATE TABLE IF NOT EXISTS agents (
  id text PRIMARY KEY,
  name text NOT NULL,
  capabilities text[] NOT NULL,
  embedding real[] NOT NULL,
  purpose text NOT NULL,
  risk_tier text NOT NULL CHECK (risk_tier IN ('low', 'medium', 'high')),
  owner text NOT NULL,
  health_endpoint text NOT NULL,
  mcp_servers text[] NOT NULL,
  confidence_threshold double precision NOT NULL CHECK (confidence_threshold BETWEEN 0 AND 1),
  metadata jsonb NOT NULL,
  last_heartbeat timestamptz,
  status text NOT NULL DEFAULT 'offline',
  CHECK (status IN ('active', 'degraded', 'offline')),
  spec_digest text NOT NULL,
  retired boolean NOT NULL DEFAULT false
);
INSERT INTO agents (id, name, capabilities, embedding, purpose, risk_tier, owner, health_endpoint, mcp_servers, confidence_threshold, metadata, spec_digest) VALUES
  ('flashfusion.financial', 'Financial Agent', ARRAY['billing']::text[], ARRAY[]::real[], 'Billing, invoicing, payment processing', 'high', 'payments-team', 'http://financial.flashfusion-agents.svc:8080/healthz', ARRAY['stripe']::text[], 0.9, '{"project": "flashfusion", "clusters": ["prod"], "role": "domain-skill", "model": "haiku", "promptVersion": "1.0.0", "tools": {"stripe": {"create_refund": "human", "list_invoices": "none"}}}'::jsonb, 'ee14a0b1b10f65d5262abda706ab5625bb16b9b90880d8f26df6bfccdce6a89d')
ON CONFLICT (id) DO UPDATE SET
  name = EXCLUDED.name,
  capabilities = EXCLUDED.capabilities,
  embedding = EXCLUDED.embedding,
  purpose = EXCLUDED.purpose,
  risk_tier = EXCLUDED.risk_tier,
  owner = EXCLUDED.owner,
  health_endpoint = EXCLUDED.health_endpoint,
  mcp_servers = EXCLUDED.mcp_servers,
  confidence_threshold = EXCLUDED.confidence_threshold,
  metadata = EXCLUDED.metadata,
  spec_digest = EXCLUDED.spec_digest,
  retired = false
WHERE agents.spec_digest IS DISTINCT FROM EXCLUDED.spec_digest OR agents.retired;
UPDATE agents
SET retired = true, status = 'offline'
WHERE NOT retired AND id <> ALL (ARRAY['flashfusion.financial']::text[]);
CREATE TABLE IF NOT EXISTS mcp_servers (
  name text PRIMARY KEY,
  display_name text NOT NULL,
  description text NOT NULL,
  version text NOT NULL,
  transport text NOT NULL,
  protocol_version text NOT NULL,
  data_class text NOT NULL CHECK (data_class IN ('public', 'internal', 'confidential', 'restricted')),
  tools text[] NOT NULL,
  spec_digest text NOT NULL,
  retired boolean NOT NULL DEFAULT false
);
INSERT INTO mcp_servers (name, display_name, description, version, transport, protocol_version, data_class, tools, spec_digest) VALUES
  ('stripe', 'Stripe', 'Payments', '1.0.0', 'streamable-http', '2026-07-28', 'restricted', ARRAY['list_invoices', 'create_refund']::text[], 'b315d74bb6dc99815c41c12a0a5323e9f3e9cbafbc261c8cd8af2a0c713a72cc')
ON CONFLICT (name) DO UPDATE SET
  display_name = EXCLUDED.display_name,
  description = EXCLUDED.description,
  version = EXCLUDED.version,
  transport = EXCLUDED.transport,
  protocol_version = EXCLUDED.protocol_version,
  data_class = EXCLUDED.data_class,
  tools = EXCLUDED.tools,
  spec_digest = EXCLUDED.spec_digest,
  retired = false
WHERE mcp_servers.spec_digest IS DISTINCT FROM EXCLUDED.spec_digest OR mcp_servers.retired;
UPDATE mcp_servers
SET retired = true
WHERE NOT retired AND name <> ALL (ARRAY['stripe']::text[]);
COMMIT;
