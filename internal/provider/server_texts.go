package provider

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// visibleServer makes visible what could not be seen in the texts of every response that people read, since they repeat what
// the service said: errors and warnings, the progress of actions and the names in lists. Values stay as they are.
type visibleServer struct{ frameworkServer }

// showDiagnostics changes a response with diagnostics.
func showDiagnostics[R any](response *R, err error) (*R, error) {
	if response != nil {
		if diagnostics, ok := reflect.ValueOf(response).Elem().FieldByName("Diagnostics").Interface().([]*tfprotov6.Diagnostic); ok {
			show(diagnostics)
		}
	}
	return response, err
}

func show(diagnostics []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		d.Summary, d.Detail = catalog.Visible(d.Summary), catalog.Visible(d.Detail)
	}
}

// CallFunction shows the error of a function.
func (s visibleServer) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	response, err := s.frameworkServer.CallFunction(ctx, req)
	if response != nil && response.Error != nil {
		response.Error.Text = catalog.Visible(response.Error.Text)
	}
	return response, err
}

// StopProvider shows the error.
func (s visibleServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	response, err := s.frameworkServer.StopProvider(ctx, req)
	if response != nil {
		response.Error = catalog.Visible(response.Error)
	}
	return response, err
}

// ListResource shows the names and diagnostics of what is found.
func (s visibleServer) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.frameworkServer.ListResource(ctx, req)
	if stream == nil || stream.Results == nil {
		return stream, err
	}
	results := stream.Results
	stream.Results = func(yield func(tfprotov6.ListResourceResult) bool) {
		for result := range results {
			result.DisplayName = catalog.Visible(result.DisplayName)
			show(result.Diagnostics)
			if !yield(result) {
				return
			}
		}
	}
	return stream, err
}

// InvokeAction shows the progress and the diagnostics.
func (s visibleServer) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.frameworkServer.InvokeAction(ctx, req)
	if stream == nil || stream.Events == nil {
		return stream, err
	}
	events := stream.Events
	stream.Events = func(yield func(tfprotov6.InvokeActionEvent) bool) {
		for event := range events {
			switch kind := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				kind.Message = catalog.Visible(kind.Message)
				event.Type = kind
			case tfprotov6.CompletedInvokeActionEventType:
				show(kind.Diagnostics)
			}
			if !yield(event) {
				return
			}
		}
	}
	return stream, err
}

// All others have diagnostics, and nothing else that people read.

// ApplyResourceChange shows the diagnostics.
func (s visibleServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return showDiagnostics(s.frameworkServer.ApplyResourceChange(ctx, req))
}

// CloseEphemeralResource shows the diagnostics.
func (s visibleServer) CloseEphemeralResource(ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return showDiagnostics(s.frameworkServer.CloseEphemeralResource(ctx, req))
}

// ConfigureProvider shows the diagnostics.
func (s visibleServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return showDiagnostics(s.frameworkServer.ConfigureProvider(ctx, req))
}

// GenerateResourceConfig shows the diagnostics.
func (s visibleServer) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.GenerateResourceConfig(ctx, req))
}

// GetFunctions shows the diagnostics.
func (s visibleServer) GetFunctions(ctx context.Context, req *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return showDiagnostics(s.frameworkServer.GetFunctions(ctx, req))
}

// GetMetadata shows the diagnostics.
func (s visibleServer) GetMetadata(ctx context.Context, req *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return showDiagnostics(s.frameworkServer.GetMetadata(ctx, req))
}

// GetProviderSchema shows the diagnostics.
func (s visibleServer) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return showDiagnostics(s.frameworkServer.GetProviderSchema(ctx, req))
}

// GetResourceIdentitySchemas shows the diagnostics.
func (s visibleServer) GetResourceIdentitySchemas(ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return showDiagnostics(s.frameworkServer.GetResourceIdentitySchemas(ctx, req))
}

// ImportResourceState shows the diagnostics.
func (s visibleServer) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return showDiagnostics(s.frameworkServer.ImportResourceState(ctx, req))
}

// MoveResourceState shows the diagnostics.
func (s visibleServer) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return showDiagnostics(s.frameworkServer.MoveResourceState(ctx, req))
}

// OpenEphemeralResource shows the diagnostics.
func (s visibleServer) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return showDiagnostics(s.frameworkServer.OpenEphemeralResource(ctx, req))
}

// PlanAction shows the diagnostics.
func (s visibleServer) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return showDiagnostics(s.frameworkServer.PlanAction(ctx, req))
}

// PlanResourceChange shows the diagnostics.
func (s visibleServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return showDiagnostics(s.frameworkServer.PlanResourceChange(ctx, req))
}

// ReadDataSource shows the diagnostics.
func (s visibleServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return showDiagnostics(s.frameworkServer.ReadDataSource(ctx, req))
}

// ReadResource shows the diagnostics.
func (s visibleServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return showDiagnostics(s.frameworkServer.ReadResource(ctx, req))
}

// RenewEphemeralResource shows the diagnostics.
func (s visibleServer) RenewEphemeralResource(ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return showDiagnostics(s.frameworkServer.RenewEphemeralResource(ctx, req))
}

// UpgradeResourceIdentity shows the diagnostics.
func (s visibleServer) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return showDiagnostics(s.frameworkServer.UpgradeResourceIdentity(ctx, req))
}

// UpgradeResourceState shows the diagnostics.
func (s visibleServer) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return showDiagnostics(s.frameworkServer.UpgradeResourceState(ctx, req))
}

// ValidateActionConfig shows the diagnostics.
func (s visibleServer) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.ValidateActionConfig(ctx, req))
}

// ValidateDataResourceConfig shows the diagnostics.
func (s visibleServer) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.ValidateDataResourceConfig(ctx, req))
}

// ValidateEphemeralResourceConfig shows the diagnostics.
func (s visibleServer) ValidateEphemeralResourceConfig(ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.ValidateEphemeralResourceConfig(ctx, req))
}

// ValidateListResourceConfig shows the diagnostics.
func (s visibleServer) ValidateListResourceConfig(ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.ValidateListResourceConfig(ctx, req))
}

// ValidateProviderConfig shows the diagnostics.
func (s visibleServer) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.ValidateProviderConfig(ctx, req))
}

// ValidateResourceConfig shows the diagnostics.
func (s visibleServer) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return showDiagnostics(s.frameworkServer.ValidateResourceConfig(ctx, req))
}
