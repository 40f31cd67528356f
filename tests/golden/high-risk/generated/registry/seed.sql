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
  ('lending.credit-analyst', 'Credit Analyst', ARRAY['credit-assessment']::text[], ARRAY[]::real[], 'Assesses whether a person can repay the loan that they apply for, and says why.', 'high', 'lending-team', 'http://credit-analyst.lending-agents.svc:8080/healthz', ARRAY['credit-bureau', 'loan-ledger']::text[], 0.95, '{"project": "lending", "clusters": ["prod"], "role": "domain-skill", "model": "haiku", "promptVersion": "1.2.0", "tools": {"credit-bureau": {"get_report": "none"}, "loan-ledger": {"get_application": "none", "record_assessment": "human"}}}'::jsonb, '85aa59ab8442de401e9f1258f2bb37a0e481437b450bd215667d3a8bbaee2c1d'),
  ('lending.fairness-reviewer', 'Fairness Reviewer', ARRAY['fairness-review']::text[], ARRAY[]::real[], 'Reads each assessment for reasons that are in no record or that stand for a protected trait.', 'high', 'lending-team', 'http://fairness-reviewer.lending-agents.svc:8080/healthz', ARRAY['loan-ledger']::text[], 0.95, '{"project": "lending", "clusters": ["prod"], "role": "safety-evaluator", "model": "haiku", "promptVersion": "1.2.0", "tools": {"loan-ledger": {"get_application": "none"}}}'::jsonb, '3365f0553e8dded58cf30597099c15c35d957b00cb0ff5b113e279020bda33ee'),
  ('lending.applicant-assistant', 'Applicant Assistant', ARRAY['applicant-information']::text[], ARRAY[]::real[], 'Tells applicants how far their application is and how an assessment is made.', 'high', 'lending-team', 'http://applicant-assistant.lending-agents.svc:8080/healthz', ARRAY['loan-ledger']::text[], 0.95, '{"project": "lending", "clusters": ["prod"], "role": "domain-skill", "model": "haiku", "promptVersion": "1.2.0", "tools": {"loan-ledger": {"get_status": "none"}}}'::jsonb, '87d971edfe3b8e201ff90eae471c89282d8d3fc4032433ba7c4f874424cd8c1a')
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
WHERE NOT retired AND id <> ALL (ARRAY['lending.credit-analyst', 'lending.fairness-reviewer', 'lending.applicant-assistant']::text[]);
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
  ('credit-bureau', 'Credit bureau', 'What the credit bureau knows of an applicant', '2.1.0', 'streamable-http', '2026-07-28', 'restricted', ARRAY['get_report']::text[], '74e89176542925603518758f47c36c65b2494d0b71e6025786fd5558f98f5f09'),
  ('loan-ledger', 'Loan ledger', 'Applications for loans, with their assessments', '4.0.2', 'streamable-http', '2026-07-28', 'restricted', ARRAY['get_application', 'get_status', 'record_assessment']::text[], '0fae2284a26f16f29b0840705226b56adc2cabc16c194a693a0045d6bf17feff')
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
WHERE NOT retired AND name <> ALL (ARRAY['credit-bureau', 'loan-ledger']::text[]);
COMMIT;
