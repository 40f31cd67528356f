// Judges calls by ToolHive's own Cedar authorizer: policies and calls come in as JSON on standard
// input, and for each call whether it is allowed goes out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/stacklok/toolhive/pkg/auth"
	"github.com/stacklok/toolhive/pkg/authz/authorizers"
	"github.com/stacklok/toolhive/pkg/authz/authorizers/cedar"
)

type question struct {
	Policies []string `json:"policies"`
	Entities string   `json:"entities"`
	Server   string   `json:"server"`
	Calls    []struct {
		Subject string `json:"subject"`
		Tool    string `json:"tool"`
	} `json:"calls"`
}

func answer(asked question) ([]bool, error) {
	options := cedar.ConfigOptions{Policies: asked.Policies, EntitiesJSON: asked.Entities}
	authorizer, err := cedar.NewCedarAuthorizer(options, asked.Server)
	if err != nil {
		return nil, err
	}
	allowed := []bool{}
	for _, call := range asked.Calls {
		who := auth.PrincipalInfo{Subject: call.Subject, Claims: map[string]any{"sub": call.Subject}}
		ctx := auth.WithIdentity(context.Background(), &auth.Identity{PrincipalInfo: who})
		ok, err := authorizer.AuthorizeWithJWTClaims(
			ctx, authorizers.MCPFeatureTool, authorizers.MCPOperationCall, call.Tool, nil)
		allowed = append(allowed, ok && err == nil) // an error is no permission
	}
	return allowed, nil
}

func main() {
	var asked question
	err := json.NewDecoder(os.Stdin).Decode(&asked)
	var allowed []bool
	if err == nil {
		allowed, err = answer(asked)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(allowed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
