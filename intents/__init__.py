"""Understanding of customers' messages: data, training, versions, and one facade.

``understanding`` is that facade, and ``types`` what it returns. Behind it, in the order a message
meets them: ``encoders``, ``reading``, ``entities``. A version comes from ``corpus`` (checked by
``linting``) through ``training`` into ``versions``; ``figures``, ``evaluation`` and ``report`` say
how good it is. What serves needs nothing of what trains, which import-linter holds.
"""
