"""Understanding of customers' messages: data, training, versions, and one facade."""
