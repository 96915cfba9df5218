// Package github bridges GitHub's Terraform provider to Pulumi with the tokens and property names of the npm package
// @pulumi/github, so that programs written against the official plugin run on this one unchanged.
package github

import (
	"github.com/integrations/terraform-provider-github/v6/github"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// Version is that of the npm package @pulumi/github whose requests this plugin answers.
const Version = "6.15.0"

// Provider describes the bridged provider.
func Provider() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:           sdkv2.NewProvider(github.NewProvider(Version, "")()),
		Name:        "github",
		Version:     Version,
		DisplayName: "GitHub",
		Description: "A Pulumi package for creating and managing GitHub resources.",
		License:     "Apache-2.0",
		Homepage:    "https://pulumi.io",
		Repository:  "https://github.com/pulumi/pulumi-github",
		GitHubOrg:   "integrations",
		Resources: map[string]*tfbridge.ResourceInfo{
			// A list with one element, as the npm package has it.
			"github_repository_environment": {
				Fields: map[string]*tfbridge.SchemaInfo{"reviewers": {MaxItemsOne: tfbridge.False()}},
			},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"github_app": {Tok: "github:index/getGithubApp:getGithubApp"},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("github_", "index", tokens.MakeStandard("github")))
	info.SetAutonaming(255, "-")
	return info
}
