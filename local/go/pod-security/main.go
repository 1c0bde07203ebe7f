// Command pod-security judges pods by Kubernetes' own restricted Pod Security Standard, as the API server does: it reads
// a JSON list of pod templates and prints, for each, what the standard's checks find.
package main

import (
	"encoding/json"
	"log"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	var templates []corev1.PodTemplateSpec
	if err := json.NewDecoder(os.Stdin).Decode(&templates); err != nil {
		log.Fatal(err)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		log.Fatal(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	results := make([][]policy.CheckResult, len(templates))
	for i := range templates {
		results[i] = evaluator.EvaluatePod(restricted, &templates[i].ObjectMeta, &templates[i].Spec)
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}
