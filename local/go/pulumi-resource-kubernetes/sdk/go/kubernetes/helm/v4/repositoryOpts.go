// Package v4 stands in for the package of Pulumi's Kubernetes SDK of the same path, with the one type of it that the provider
// names outside its component resources.
package v4

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// RepositoryOpts says how a Helm repository is reached.
type RepositoryOpts struct {
	// CaFile, CertFile and KeyFile hold TLS certificates and a key, in PEM.
	CaFile   pulumi.AssetOrArchive
	CertFile pulumi.AssetOrArchive
	KeyFile  pulumi.AssetOrArchive
	// Password and Username are those of HTTP basic authentication.
	Password *string
	Username *string
	// Repo is the repository's URL.
	Repo *string
}
