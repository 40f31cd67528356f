-- Search by meaning, with pgvector >= 0.5: load it after seed.sql. The column follows `embedding`.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS vector;
ALTER TABLE agents ADD COLUMN IF NOT EXISTS embedding_vector vector(384) GENERATED ALWAYS AS (
  CASE WHEN cardinality(embedding) = 384 THEN embedding::vector(384) END
) STORED;
CREATE INDEX IF NOT EXISTS agents_embedding ON agents
  USING hnsw (embedding_vector vector_cosine_ops);
COMMIT;
