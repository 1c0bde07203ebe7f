package provider

import (
	"context"
	"fmt"

	providerresource "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// resourceProviders is empty: this build has no component resources.
var resourceProviders map[string]providerresource.ResourceProviderFactory

// Construct refuses. Upstream's file of this name makes the four component resources (yaml/v2 ConfigFile and ConfigGroup,
// helm.sh/v4 Chart, kustomize/v2 Directory), and for them alone compiles Pulumi's Go SDK of Kubernetes: 66 generated packages,
// 7 of the provider's 11 CPU minutes.
func (k *kubeProvider) Construct(_ context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, fmt.Errorf("%s is a component resource, and kubeFlower's build of the Kubernetes provider leaves those out — "+
		"use the resources that it is made of, or install Pulumi's own provider: `pulumi plugin install resource kubernetes %s`",
		req.GetType(), k.version)
}
