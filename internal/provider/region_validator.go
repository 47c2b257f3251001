package provider

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// environments is what the provider block says of the environment, which Terraform has validated before it validates what
// is in it. It does so with an empty block not at all.
type environments struct{ named atomic.Pointer[types.String] }

// ValidateConfig notes the environment.
func (p *backupProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var environment types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("environment"), &environment)...)
	p.environments.named.Store(&environment)
}

// mayBeCloud tells whether vaults may live in one of Azure's clouds, whose own list of regions counts.
func (e *environments) mayBeCloud() bool {
	named := e.named.Load()
	if named == nil {
		return backend.IsCloud("")
	}
	return named.IsUnknown() || backend.IsCloud(named.ValueString())
}

// regionValidator checks that a region exists, as far as that can be told before the cloud is asked for its list, which is
// done while planning.
type regionValidator struct{ environments *environments }

func (regionValidator) Description(context.Context) string {
	return "the name or display name of an Azure region"
}

func (v regionValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v regionValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	region := req.ConfigValue.ValueString()
	err := checkRegion(region)
	var unknown *catalog.UnknownRegionError
	switch {
	case err == nil:
		v.warnOfAnnounced(region, req.Path, &resp.Diagnostics)
	case errors.As(err, &unknown) && unknown.CouldBeNewer && v.environments.mayBeCloud():
		resp.Diagnostics.AddAttributeWarning(req.Path, "Region is not known to this version of the provider", unknown.What+
			" If it is newer than that, nothing has to be done: the plan of a vault asks the cloud where it offers vaults, and that counts."+mockAdvice("region", region))
	default:
		resp.Diagnostics.AddAttributeError(req.Path, "Unknown region", tfvalue.Sentence(err.Error())+mockAdvice("region", region))
	}
}

// warnOfAnnounced says that a region may not be open yet, unless somebody has listed it as one that is.
func (v regionValidator) warnOfAnnounced(region string, at path.Path, diags *diag.Diagnostics) {
	announced, ok := catalog.LookupAnnounced(region)
	if extra, err := extraRegions(); !ok || err != nil || catalog.IsExtraRegion(region, extra) {
		return
	}
	text := fmt.Sprintf("%q (%s) had been announced, and was not open, when this version of the provider was made. ", announced.DisplayName, announced.Name)
	if v.environments.mayBeCloud() {
		text += "If it has opened since, nothing has to be done: the plan of a vault asks the cloud where it offers vaults, and that counts."
	} else {
		text += "The embedded service makes vaults there all the same; in Azure, the cloud's own list counts."
	}
	diags.AddAttributeWarning(at, "Region may not be open yet", text+" To have this no longer said, list the region in the environment variable "+catalog.ExtraRegionsVariable+".")
}
