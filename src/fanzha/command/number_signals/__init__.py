"""Answer banks: signals of numbers in the form of CAMARA, a risk indicator and whether a customer is being warned."""
