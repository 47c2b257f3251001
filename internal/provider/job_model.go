package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

type jobModel struct {
	ID            types.String    `tfsdk:"id"`
	Name          types.String    `tfsdk:"name"`
	Operation     types.String    `tfsdk:"operation"`
	Status        types.String    `tfsdk:"status"`
	VMName        types.String    `tfsdk:"vm_name"`
	StartTime     types.String    `tfsdk:"start_time"`
	EndTime       types.String    `tfsdk:"end_time"`
	Duration      types.String    `tfsdk:"duration"`
	UserTriggered types.Bool      `tfsdk:"user_triggered"`
	Errors        []jobErrorModel `tfsdk:"errors"`
}

type jobErrorModel struct {
	Code            types.Int64  `tfsdk:"code"`
	Title           types.String `tfsdk:"title"`
	Message         types.String `tfsdk:"message"`
	Recommendations types.List   `tfsdk:"recommendations"`
}

func jobAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         schema.StringAttribute{MarkdownDescription: "The ARM id.", Computed: true},
		"name":       schema.StringAttribute{MarkdownDescription: "The name: a UUID.", Computed: true},
		"operation":  schema.StringAttribute{MarkdownDescription: "What the job does, as the filter `operation` names it.", Computed: true},
		"status":     schema.StringAttribute{MarkdownDescription: "How it stands, as the filter `status` names it.", Computed: true},
		"vm_name":    schema.StringAttribute{MarkdownDescription: "The VM that it is about.", Computed: true},
		"start_time": schema.StringAttribute{MarkdownDescription: "When it started, in UTC as in RFC 3339.", Computed: true},
		"end_time":   schema.StringAttribute{MarkdownDescription: "When it ended; null while it runs.", Computed: true},
		"duration":   schema.StringAttribute{MarkdownDescription: "How long it took, as a Go duration such as `1h2m3s`; null while it runs.", Computed: true},
		"user_triggered": schema.BoolAttribute{
			MarkdownDescription: "True when somebody asked for it; false when a policy's schedule did; null where the service does not say, as of jobs that are no backups.", Computed: true,
		},
		"errors": schema.ListNestedAttribute{
			MarkdownDescription: "Why it failed, or ended with warnings; otherwise empty.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"code":    schema.Int64Attribute{MarkdownDescription: "The service's number.", Computed: true},
				"title":   schema.StringAttribute{MarkdownDescription: "The error in a few words.", Computed: true},
				"message": schema.StringAttribute{MarkdownDescription: "What went wrong.", Computed: true},
				"recommendations": schema.ListAttribute{
					MarkdownDescription: "What the service suggests to do.", ElementType: types.StringType, Computed: true,
				},
			}},
		},
	}
}

func newJobModel(job vault.Job) jobModel {
	m := jobModel{
		ID: types.StringValue(job.ARMID), Name: types.StringValue(job.Name),
		Operation: types.StringValue(job.Operation), Status: types.StringValue(job.Status), VMName: types.StringValue(job.VMName),
		StartTime: timeOrNull(job.Start), EndTime: timeOrNull(job.End), Duration: types.StringNull(),
		UserTriggered: types.BoolPointerValue(job.UserTriggered), Errors: []jobErrorModel{},
	}
	if took, ok := job.Duration(); ok {
		m.Duration = types.StringValue(took.String())
	}
	for _, e := range job.Errors {
		m.Errors = append(m.Errors, jobErrorModel{
			Code: types.Int64Value(int64(e.Code)), Title: types.StringValue(e.Title), Message: types.StringValue(e.Message),
			Recommendations: textsValue(e.Recommendations),
		})
	}
	return m
}
