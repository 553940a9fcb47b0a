"""What simulator and console share: templates, headers, assets, live news, the decision's view."""
