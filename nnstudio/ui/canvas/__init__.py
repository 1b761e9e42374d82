"""The drawing of the network: items show it, gestures change it, the view puts both on the screen."""
