#!/usr/bin/env bash
# A provider that finds a problem in the second plan of an apply, and reports it as an error, makes OpenTofu give up the old object.
#
# OpenTofu 1.12.6 and terraform-plugin-framework 1.19.0, a resource with create_before_destroy that is to be replaced.
# Before it carries out a planned change, the CLI asks the provider for the plan once more, with everything known. One would
# expect an error there to be as harmless as one in Create, after which the old object is put back in its place. It is not:
# the old object is marked as deposed before the provider is asked, and stays so. The resource has no current object any more,
# and the next plan destroys the old one, without having been told to by anybody.
#
# Seen: after the failed apply the state holds nothing but the deposed object; the next plan has "1 to add, 0 to change, 1 to destroy", and the
# destroy is that of the deposed object. An error in Create leaves the old object as it was, and the next plan replaces it again.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

mkdir cli provider work
(
  cd cli
  cat >go.mod <<'MOD'
module example.com/cli

go 1.26.0

replace github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828
MOD
  go get -tool github.com/opentofu/opentofu/cmd/tofu@v1.12.6 2>/dev/null
  CGO_ENABLED=0 go build -ldflags '-X github.com/opentofu/opentofu/version.dev=no' -o "$folder/tofu" github.com/opentofu/opentofu/cmd/tofu
)
(
  cd provider
  cat >go.mod <<'MOD'
module example.com/terraform-provider-tiny

go 1.25.0

require github.com/hashicorp/terraform-plugin-framework v1.19.0
MOD
  cat >main.go <<'GO'
package main

import (
	"context"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

type tiny struct{}

func (tiny) Metadata(_ context.Context, _ provider.MetadataRequest, r *provider.MetadataResponse) {
	r.TypeName = "tiny"
}
func (tiny) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (tiny) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (tiny) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (tiny) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return thing{} }}
}

type thing struct{}

func (thing) Metadata(_ context.Context, _ resource.MetadataRequest, r *resource.MetadataResponse) {
	r.TypeName = "tiny_thing"
}

func (thing) Schema(_ context.Context, _ resource.SchemaRequest, r *resource.SchemaResponse) {
	r.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name": schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
	}}
}

// ModifyPlan reports a problem of a new object.
func (thing) ModifyPlan(_ context.Context, q resource.ModifyPlanRequest, r *resource.ModifyPlanResponse) {
	if q.State.Raw.IsNull() && os.Getenv("TINY_REFUSES") == "plan" {
		r.Diagnostics.AddError("The name is taken", "Somebody took it since the plan.")
	}
}

func (thing) Create(_ context.Context, q resource.CreateRequest, r *resource.CreateResponse) {
	if os.Getenv("TINY_REFUSES") == "create" {
		r.Diagnostics.AddError("The name is taken", "Somebody took it since the plan.")
		return
	}
	r.State.Raw = q.Plan.Raw
}
func (thing) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (thing) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}
func (thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return tiny{} }, providerserver.ServeOpts{Address: "example.com/example/tiny"})
	if err != nil {
		log.Fatal(err)
	}
}
GO
  go mod tidy 2>/dev/null
  CGO_ENABLED=0 go build -o "$folder/bin/terraform-provider-tiny" .
)

cd work
cat >cli.tfrc <<TEXT
provider_installation {
  dev_overrides {
    "example.com/example/tiny" = "$folder/bin"
  }
  direct {}
}
TEXT
cat >main.tf <<'TEXT'
terraform {
  required_providers {
    tiny = { source = "example.com/example/tiny" }
  }
}
variable "name" { default = "one" }
resource "tiny_thing" "x" {
  name = var.name
  lifecycle { create_before_destroy = true }
}
TEXT
export TF_CLI_CONFIG_FILE=$PWD/cli.tfrc TF_IN_AUTOMATION=1
tofu() { "$folder/tofu" "$@" -no-color 2>&1; }

# Each way of refusing: what is left in the state, and what the next plan does.
outcome() {
  rm -f terraform.tfstate* plan
  tofu apply -auto-approve >/dev/null
  tofu plan -var name=two -out=plan >/dev/null
  if TINY_REFUSES=$1 tofu apply plan >said; then
    echo "the apply succeeded" && return
  fi
  grep -q 'The name is taken' said || { cat said; return; }
  current=$(grep -c '"deposed":' terraform.tfstate || true)
  echo "deposed objects: $current; next plan: $(tofu plan -var name=two | grep -E '^Plan:|deposed object .* will be' | sed -E 's/object [0-9a-f]+/object/; s/^ *# *//' | tr '\n' ';')"
}

seen="in the plan of the apply: $(outcome plan)
in Create: $(outcome create)"
want='in the plan of the apply: deposed objects: 1; next plan: tiny_thing.x (deposed object) will be destroyed;Plan: 1 to add, 0 to change, 1 to destroy.;
in Create: deposed objects: 0; next plan: Plan: 1 to add, 0 to change, 1 to destroy.;'
printf '%s\n' "$seen"
if [[ $seen != "$want" ]]; then
  printf 'That has changed. It was:\n%s\n' "$want" >&2
  exit 1
fi
