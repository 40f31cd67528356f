// Judges objects by Istio's own validation, which its webhook uses: files by path come in as JSON on
// standard input, and what it refuses or warns of goes out, with the number of objects it judged.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config/schema/collections"
)

type verdict struct {
	Judged  int      `json:"judged"`
	Refused []string `json:"refused"`
}

func judge(path, text string, found *verdict) {
	configs, others, err := crd.ParseInputs(text)
	if err != nil {
		found.Refused = append(found.Refused, fmt.Sprintf("%s: %v", path, err))
	}
	for _, other := range others {
		found.Refused = append(found.Refused, fmt.Sprintf("%s: unknown kind %s", path, other.Kind))
	}
	for _, config := range configs {
		schema, known := collections.All.FindByGroupVersionKind(config.GroupVersionKind)
		if !known {
			found.Refused = append(found.Refused, path+": unknown kind "+config.GroupVersionKind.String())
			continue
		}
		warning, err := schema.ValidateConfig(config)
		if err != nil || warning != nil {
			found.Refused = append(found.Refused, fmt.Sprintf("%s: %v %v", path, err, warning))
		}
		found.Judged++
	}
}

func main() {
	var files map[string]string
	if err := json.NewDecoder(os.Stdin).Decode(&files); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	found := verdict{Refused: []string{}}
	for path, text := range files {
		judge(path, text, &found)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		os.Exit(1)
	}
}
