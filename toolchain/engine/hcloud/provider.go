// Package hcloud bridges Hetzner's Terraform provider to Pulumi with the tokens and
// property names of the npm package @pulumi/hcloud, so that programs written against the
// official plugin run on this one unchanged.
package hcloud

import (
	"context"

	"github.com/hetznercloud/terraform-provider-hcloud/hcloud"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// Version is that of the npm package @pulumi/hcloud whose requests this plugin answers.
const Version = "1.41.0"

// Provider describes the bridged provider. metadata is the content of bridge-metadata.json.
func Provider(metadata []byte) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P: pf.MuxShimWithPF(context.Background(),
			sdkv2.NewProvider(hcloud.Provider()), hcloud.NewPluginProvider()),
		Name:         "hcloud",
		Version:      Version,
		DisplayName:  "Hetzner Cloud",
		Description:  "A Pulumi package for creating and managing hcloud cloud resources.",
		License:      "Apache-2.0",
		Homepage:     "https://pulumi.io",
		Repository:   "https://github.com/pulumi/pulumi-hcloud",
		GitHubOrg:    "hetznercloud",
		MetadataInfo: tfbridge.NewProviderMetadata(metadata),
		Config: map[string]*tfbridge.SchemaInfo{
			"token": {Secret: tfbridge.True()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			// Pulumi ids are strings; these resources number theirs.
			"hcloud_zone":                   integerID(),
			"hcloud_storage_box":            integerID(),
			"hcloud_storage_box_snapshot":   integerID(),
			"hcloud_storage_box_subaccount": integerID(),
		},
	}
	info.MustComputeTokens(tokens.SingleModule("hcloud_", "index", tokens.MakeStandard("hcloud")))
	info.SetAutonaming(255, "-")
	return info
}

func integerID() *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{
		Fields: map[string]*tfbridge.SchemaInfo{"id": {Type: "string"}},
	}
}
